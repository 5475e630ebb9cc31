import { randomBytes } from "node:crypto";
import { generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from "jose";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCallbackSecret } from "../domain/callback-secret.ts";
import { masterSealer } from "../domain/cipher.ts";
import { newId } from "../domain/ids.ts";
import { Secret } from "../domain/secret.ts";
import type { Tenant, User } from "../domain/tenant.ts";
import { MINUTE, SECOND } from "../domain/time.ts";
import type { Store } from "../store/store.ts";
import { openTestStore } from "../../test/databases.ts";
import type { Access, TenantAdmin } from "./access.ts";
import { createAccess } from "./authenticate.ts";
import { mayRead, mayReadIdentity, mayWrite } from "./may.ts";
import { createTenantAdmin } from "./tenants.ts";
import { tenantUrlFaults, urlFault } from "./urls.ts";

const START = Date.UTC(2026, 8, 7, 10);
const folder = mkdtempSync(join(tmpdir(), "access-"));
const masterKey = new Secret(randomBytes(32).toString("base64"));
let now = START;
const clock = { now: () => now };
let store: Store;
let admin: TenantAdmin;
let access: Access;
let tenant: Tenant;
let apiKey: string;
let callbackSecret: string;
let user: User;

beforeAll(async () => {
  ({ store } = await openTestStore(folder));
  admin = createTenantAdmin({ store, clock, masterKey });
  access = await createAccess({ store, clock, masterKey, environment: "SANDBOX" });
  const made = await admin.create({ name: "One", environment: "SANDBOX", redirectUrls: ["http://localhost:1/cb"], callbackUrls: [] });
  ({ apiKey, callbackSecret } = made);
  tenant = await tenantOf(made.tenantId);
  user = await newUser(tenant);
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function tenantOf(id: Tenant["id"]): Promise<Tenant> {
  const found = await store.tenant(id);
  if (!found) throw new Error("no tenant");
  return found;
}

async function newUser(of: Tenant): Promise<User> {
  const made: User = { id: newId("usr", now), tenantId: of.id, clientId: null, createdAt: now, changeSeq: 0 };
  await store.tx((tx) => tx.insertUser(made));
  return made;
}

const kindOf = async (credential: string | undefined, origin?: string) => (await access.authenticate(credential, origin)).kind;
const token = async (options: { origin?: string; ttlSeconds?: number } = {}) =>
  (await access.createUserToken(tenant, user, { scopes: ["READ"], origin: null, ttlSeconds: 900, ...options })).token;

describe("API keys", () => {
  it("have the documented form, and the store holds no secret of them", () => {
    expect(apiKey).toMatch(/^hub_sandbox_[A-Za-z0-9]{12}_[A-Za-z0-9_-]{43}$/);
    const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), "latin1"));
    const secret = apiKey.slice(-43);
    expect(files.join("")).not.toContain(secret);
    expect(files.join("")).not.toContain(callbackSecret);
  });

  it("open the tenant's data, whatever the case of the scheme", async () => {
    expect(await access.authenticate(`Bearer ${apiKey}`, undefined)).toMatchObject({
      kind: "tenant",
      owner: { tenantId: tenant.id, userId: null },
    });
    expect(await kindOf(`bearer ${apiKey}`)).toBe("tenant");
    expect(await kindOf(undefined)).toBe("anonymous");
  });

  it.each<[string, (key: string) => string]>([
    ["without a scheme", (key) => key],
    ["of another scheme", (key) => `Basic ${key}`],
    ["empty", () => "Bearer "],
    ["cut", (key) => `Bearer ${key.slice(0, -1)}`],
    ["with one letter changed", (key) => `Bearer ${key.slice(0, -2)}${key.at(-2) === "A" ? "B" : "A"}${key.slice(-1)}`],
    ["of another key id", (key) => `Bearer ${key.replace(/_[A-Za-z0-9]{12}_/, "_AAAAAAAAAAAA_")}`],
    ["of another environment", (key) => `Bearer ${key.replace("sandbox", "production")}`],
    ["with words behind", (key) => `Bearer ${key} x`],
  ])("are refused %s, all in the same words", async (_name, spoil) => {
    expect(await access.authenticate(spoil(apiKey), undefined)).toEqual({
      kind: "refused",
      message: "The credential is not valid here: it is wrong, expired or revoked. Send Authorization: Bearer <API key or user token>.",
    });
  });

  it("live in twos: a third is refused until one is revoked, and a revoked one is refused within a second", async () => {
    const made = await admin.create({ name: "Two", environment: "SANDBOX", redirectUrls: [], callbackUrls: [] });
    const rotated = await admin.rotateKey(made.tenantId);
    if (!rotated.ok) throw new Error("refused");
    const second = rotated.value;
    for (const key of [made.apiKey, second.apiKey]) expect(await kindOf(`Bearer ${key}`)).toBe("tenant");
    expect(await admin.rotateKey(made.tenantId)).toMatchObject({
      ok: false,
      refusals: [{ message: expect.stringContaining("two live keys") }],
    });
    const caller = await access.authenticate(`Bearer ${made.apiKey}`, undefined);
    if (caller.kind !== "tenant") throw new Error("refused");
    expect(await access.stillValid(caller)).toBe(true);
    expect(await admin.revokeKey(caller.keyId)).toBe(true);
    expect(await admin.revokeKey(caller.keyId)).toBe(false);
    now += SECOND - 1;
    expect(await kindOf(`Bearer ${made.apiKey}`)).toBe("refused");
    expect(await access.stillValid(caller)).toBe(false);
    expect(await kindOf(`Bearer ${second.apiKey}`)).toBe("tenant");
    await admin.rotateKey(made.tenantId);
    const listed = (await admin.list()).find(({ id }) => id === made.tenantId);
    expect(listed?.keys.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(2);
  });

  it("of a sandbox tenant open nothing in a production hub", async () => {
    const production = await createAccess({ store, clock, masterKey, environment: "PRODUCTION" });
    expect(await production.authenticate(`Bearer ${apiKey}`, undefined)).toMatchObject({ kind: "refused" });
  });

  it("stay valid in another process over the same database", async () => {
    const other = await createAccess({ store, clock, masterKey, environment: "SANDBOX" });
    expect(await other.authenticate(`Bearer ${apiKey}`, undefined)).toMatchObject({ kind: "tenant" });
    expect(await other.authenticate(`Bearer ${await token()}`, undefined)).toMatchObject({ kind: "user" });
  });
});

describe("the callback secret", () => {
  it("has the form of Standard Webhooks with 32 bytes, and opens for its own tenant only", () => {
    expect(Buffer.from(callbackSecret.replace(/^whsec_/, ""), "base64")).toHaveLength(32);
    const sealer = masterSealer(masterKey);
    expect(openCallbackSecret(sealer, tenant).reveal()).toBe(callbackSecret);
    expect(() => openCallbackSecret(sealer, { ...tenant, id: "ten_other" })).toThrow("belongs elsewhere");
  });
});

describe("user tokens", () => {
  it("carry user, scopes and end", async () => {
    const { token: made, expiresAt } = await access.createUserToken(tenant, user, {
      scopes: ["READ", "IDENTITY"],
      origin: null,
      ttlSeconds: 60,
    });
    expect(expiresAt).toBe(Math.floor(now / SECOND) * SECOND + MINUTE);
    const caller = await access.authenticate(`Bearer ${made}`, "https://anything.example");
    expect(caller).toMatchObject({
      kind: "user",
      owner: { tenantId: tenant.id, userId: user.id },
      scopes: ["READ", "IDENTITY"],
      expiresAt,
    });
    if (caller.kind === "refused") throw new Error("refused");
    expect([mayRead(caller), mayWrite(caller), mayReadIdentity(caller)]).toEqual([true, false, true]);
  });

  it("end 30 seconds after their time for a new call, and at their time for an open socket", async () => {
    const made = await token({ ttlSeconds: 60 });
    const caller = await access.authenticate(`Bearer ${made}`, undefined);
    if (caller.kind !== "user") throw new Error("refused");
    now = caller.expiresAt - 1;
    expect(await access.stillValid(caller)).toBe(true);
    now = caller.expiresAt + 29 * SECOND;
    expect([await kindOf(`Bearer ${made}`), await access.stillValid(caller)]).toEqual(["user", false]);
    now += 2 * SECOND;
    expect(await kindOf(`Bearer ${made}`)).toBe("refused");
  });

  it("are bound to an origin where one is given", async () => {
    const made = await token({ origin: "https://app.example/some/page" });
    for (const [origin, kind] of [
      ["https://app.example", "user"],
      ["https://evil.example", "refused"],
      ["http://app.example", "refused"],
      ["https://app.example:8443", "refused"],
      ["null", "refused"],
      [undefined, "refused"],
    ] as const)
      expect(await kindOf(`Bearer ${made}`, origin), String(origin)).toBe(kind);
  });

  it("live an hour at most", async () => {
    for (const ttlSeconds of [0, 3601, 1.5, Number.NaN]) await expect(token({ ttlSeconds })).rejects.toThrow(RangeError);
  });

  it("of a deleted user are refused at once, on open sockets too", async () => {
    const gone = await newUser(tenant);
    const made = await access.createUserToken(tenant, gone, { scopes: ["READ"], origin: null, ttlSeconds: 60 });
    const caller = await access.authenticate(`Bearer ${made.token}`, undefined);
    if (caller.kind !== "user") throw new Error("refused");
    await store.tx((tx) => tx.deleteUser(gone.id));
    expect([await kindOf(`Bearer ${made.token}`), await access.stillValid(caller)]).toEqual(["refused", false]);
  });

  it("naming another tenant's user are refused", async () => {
    const other = await tenantOf(
      (await admin.create({ name: "Three", environment: "SANDBOX", redirectUrls: [], callbackUrls: [] })).tenantId,
    );
    const made = await access.createUserToken(other, user, { scopes: ["READ"], origin: null, ttlSeconds: 60 });
    expect(await kindOf(`Bearer ${made.token}`)).toBe("refused");
  });
});

describe("forged tokens", () => {
  type Spoil = { alg?: string; iss?: string; aud?: string; typ?: string; drop?: string; iat?: number; exp?: number; scp?: unknown };

  /** A token by the hub's own key that differs in one thing: shows which check refuses it. */
  async function forged(spoil: Spoil): Promise<string> {
    const sealer = masterSealer(masterKey);
    const name = "access.user-token-key";
    const jwk = JSON.parse(sealer.open((await store.setting(name)) ?? "", ["setting", name]));
    const at = Math.floor(now / SECOND);
    const claims: Record<string, unknown> = {
      iss: spoil.iss ?? "psd2-graphql-hub", aud: spoil.aud ?? "psd2-graphql-hub/graphql", sub: user.id, ten: tenant.id, scp: spoil.scp ?? ["READ"], org: null,
      iat: spoil.iat ?? at, exp: spoil.exp ?? at + 60,
    }; // prettier-ignore
    if (spoil.drop !== undefined) delete claims[spoil.drop];
    if (spoil.alg === "none") return new UnsecuredJWT(claims).encode();
    if (spoil.alg === "HS256")
      return new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "hub-user+jwt" }).sign(Buffer.from(String(jwk.x), "base64url"));
    const signing =
      spoil.alg === "other key" ? (await generateKeyPair("EdDSA", { crv: "Ed25519" })).privateKey : await importJWK(jwk, "EdDSA");
    return new SignJWT(claims).setProtectedHeader({ alg: "EdDSA", typ: spoil.typ ?? "hub-user+jwt" }).sign(signing);
  }

  it("pass when nothing is wrong with them, so that the table below means something", async () => {
    expect(await kindOf(`Bearer ${await forged({})}`)).toBe("user");
  });

  it.each<[string, Spoil]>([
    ["signed by nobody", { alg: "none" }],
    ["signed with the public key as a password", { alg: "HS256" }],
    ["signed by another key", { alg: "other key" }],
    ["of another issuer", { iss: "someone" }],
    ["for another audience", { aud: "someone" }],
    ["of another type", { typ: "JWT" }],
    ["without an end", { drop: "exp" }],
    ["without an issuer", { drop: "iss" }],
    ["without an audience", { drop: "aud" }],
    ["without a user", { drop: "sub" }],
    ["without a beginning", { drop: "iat" }],
    ["that live longer than an hour", { exp: Math.floor(START / SECOND) + 86_400 }],
    ["that have expired", { iat: 1, exp: 60 }],
    ["with unknown scopes", { scp: ["ADMIN"] }],
  ])("are refused %s", async (_name, spoil) => {
    expect(await kindOf(`Bearer ${await forged(spoil)}`)).toBe("refused");
  });
});

describe("tenant URLs", () => {
  it.each([
    "https://app.example/cb", "https://app.example", "https://app.example:8443/cb?x=1", "https://127.0.0.1/cb", "https://[::1]/cb",
  ])("%s is accepted everywhere", (url) => {
    expect([urlFault(url, "SANDBOX"), urlFault(url, "PRODUCTION")]).toEqual([null, null]);
  }); // prettier-ignore

  it.each(["http://localhost:3000/cb", "http://127.0.0.1:9/", "http://[::1]:9/", "http://app.localhost/"])(
    "%s is accepted in the sandbox only",
    (url) => {
      expect(urlFault(url, "SANDBOX")).toBeNull();
      expect(urlFault(url, "PRODUCTION")).not.toBeNull();
    },
  );

  it.each([
    "http://app.example/cb", "http://localhost.evil.example/", "http://127.0.0.1.evil.example/", "http://10.0.0.1/", "http://0.0.0.0/", "ftp://app.example/",
    "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "app.example/cb", "/cb", "//app.example", "https:app.example", "https:/app.example",
    "https:///app.example", "https://", "https://user@app.example/", "https://user:pw@app.example/", "https://@app.example/", "https://app.example/#f",
    "https://app.example/#", "https://app.example\\@evil.example/", "https:\\\\app.example", "https://app.example/a b", " https://app.example/", "https://app.example/\n",
    "https://app.example/\t", "https://аpp.example/", "https://app.example/ä", "https://app.example/\u0000", "https://app.example:99999/", "https://[::1", "https://%zz/",
    "", "https", `https://app.example/${"x".repeat(2_000)}`,
  ])("%j is refused everywhere", (url) => {
    expect([urlFault(url, "SANDBOX"), urlFault(url, "PRODUCTION")]).not.toContain(null);
  }); // prettier-ignore

  it("are reported with their place", async () => {
    const urls = { redirectUrls: ["https://app.example/", "http://app.example/"], updateCallbackUrls: ["x"] };
    expect(tenantUrlFaults(urls, "PRODUCTION").map(({ path }) => path)).toEqual([
      ["redirectUrls", "1"],
      ["updateCallbackUrls", "0"],
    ]);
    await expect(admin.create({ name: "Four", environment: "SANDBOX", redirectUrls: ["x"], callbackUrls: [] })).rejects.toThrow(
      "redirectUrls 0",
    );
  });
});
