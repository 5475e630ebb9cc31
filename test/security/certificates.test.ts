import "reflect-metadata";
import { BasicConstraintsExtension, SubjectAlternativeNameExtension } from "@peculiar/x509";
import { X509Certificate } from "node:crypto";
import { request as httpsRequest } from "node:https";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Access, TenantAdmin } from "../../src/access/access.ts";
import { createAccess } from "../../src/access/authenticate.ts";
import { createPeerOf } from "../../src/access/peer.ts";
import { createTenantAdmin } from "../../src/access/tenants.ts";
import { masterSealer } from "../../src/domain/cipher.ts";
import { newId, type TenantId } from "../../src/domain/ids.ts";
import { networkFault, networkList } from "../../src/domain/network.ts";
import { Secret } from "../../src/domain/secret.ts";
import { DAY, SECOND } from "../../src/domain/time.ts";
import { listen, type Listener } from "../../src/gateway/gateway.ts";
import type { Store } from "../../src/store/store.ts";
import { certificateRequest, foreignCertificate, newKeys, type Keys } from "../certificates.ts";
import { openTestStore } from "../databases.ts";

const folder = mkdtempSync(join(tmpdir(), "certificates-"));
const masterKey = new Secret(Buffer.alloc(32, 9).toString("base64"));
let offset = 0;
const clock = { now: () => Date.now() + offset };
let store: Store;
let admin: TenantAdmin;
let access: Access;
let listener: Listener;
let proxies: readonly string[] = [];

interface Identity {
  readonly tenantId: TenantId;
  readonly apiKey: string;
  readonly cert: string;
  readonly fingerprint: string;
  readonly keys: Keys;
}
let own: Identity;
let other: Identity;

beforeAll(async () => {
  ({ store } = await openTestStore(folder));
  admin = createTenantAdmin({ store, clock, masterKey });
  access = await createAccess({ store, clock, masterKey, environment: "PRODUCTION" });
  const server = await foreignCertificate("CN=localhost");
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  writeFileSync(cert, server.cert);
  writeFileSync(key, server.key);
  listener = await listen({ host: "127.0.0.1", port: 0, publicUrl: null, corsOrigins: [], tls: { cert, key, clientCa: null } });
  listener.askForCertificates(await admin.authorityCertificate());
  listener.attach({
    request: (request, response) => {
      const { address, certificate } = createPeerOf(proxies)(request);
      access.authenticate(request.headers.authorization, undefined, address, certificate).then(
        (caller) => response.end(caller.kind),
        () => response.end("failed"),
      );
    },
    upgrade: () => undefined,
  });
  [own, other] = [await newTenant(), await newTenant()];
});
afterAll(async () => {
  await listener.close();
  await store[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function newTenant(): Promise<Identity> {
  const made = await admin.create({
    name: "Bank app", environment: "PRODUCTION", redirectUrls: [], callbackUrls: [], allowedAddresses: ["127.0.0.1"],
  }); // prettier-ignore
  return { ...made, ...(await newCertificate(made.tenantId)) };
}

async function newCertificate(tenantId: TenantId): Promise<Omit<Identity, "tenantId" | "apiKey">> {
  const request = await certificateRequest();
  const issued = await admin.issueCertificate(tenantId, request.csr);
  if (!issued.ok) throw new Error(issued.refusals[0]?.message);
  return { cert: issued.value.pem, fingerprint: issued.value.fingerprint, keys: request };
}

/** What the hub says to the key over a connection of its own with that certificate. */
function ask(apiKey: string, identity: { cert: string; key: string } | null, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((done, fail) => {
    const options = { rejectUnauthorized: false, agent: false, headers: { authorization: `Bearer ${apiKey}`, ...headers }, ...identity };
    const request = httpsRequest(listener.localUrl, options, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => done(text));
    });
    request.on("error", fail);
    request.end();
  });
}

const shown = ({ cert, keys }: Pick<Identity, "cert" | "keys">): { cert: string; key: string } => ({ cert, key: keys.key });
async function at<T>(time: number, run: () => Promise<T>): Promise<T> {
  offset = time;
  try {
    return await run();
  } finally {
    offset = 0;
  }
}

describe("the twelve certificates: a tenant's key in production", () => {
  it("1. is good with the tenant's own certificate", async () => {
    expect(await ask(own.apiKey, shown(own))).toBe("tenant");
  });
  it("2. is good for nothing without a certificate", async () => {
    expect(await ask(own.apiKey, null)).toBe("refused");
  });
  it("3. is refused with another tenant's certificate", async () => {
    expect(await ask(other.apiKey, shown(other))).toBe("tenant");
    expect(await ask(own.apiKey, shown(other))).toBe("refused");
  });
  it("4. is refused with one that names the tenant and signs itself", async () => {
    expect(await ask(own.apiKey, await foreignCertificate(`CN=${own.tenantId}`))).toBe("refused");
  });
  it("5. is refused with one of a foreign authority that calls itself ours", async () => {
    const issuer = { name: new X509Certificate(await admin.authorityCertificate()).subject.replaceAll("\n", ", "), keys: await newKeys() };
    expect(await ask(own.apiKey, await foreignCertificate(`CN=${own.tenantId}`, { issuer }))).toBe("refused");
  });
  it("6. is refused with one that the tenant's own certificate has signed", async () => {
    const issuer = { name: `CN=${own.tenantId}`, keys: own.keys };
    expect(await ask(own.apiKey, await foreignCertificate(`CN=${own.tenantId}`, { issuer }))).toBe("refused");
  });
  it("7. is refused once the certificate has expired", async () => {
    expect(await at(364 * DAY, () => ask(own.apiKey, shown(own)))).toBe("tenant");
    expect(await at(366 * DAY, () => ask(own.apiKey, shown(own)))).toBe("refused");
  });
  it("8. is refused before the certificate begins", async () => {
    expect(await at(-DAY, () => ask(own.apiKey, shown(own)))).toBe("refused");
  });
  it("9. is refused once the certificate is revoked, while a second one goes on", async () => {
    const second = await newCertificate(own.tenantId);
    expect(await ask(own.apiKey, shown(second))).toBe("tenant");
    await admin.revokeCertificate(second.fingerprint);
    expect(await at(SECOND, () => ask(own.apiKey, shown(second)))).toBe("refused");
    expect(await ask(own.apiKey, shown(own))).toBe("tenant");
  });
  it("10. is refused with the certificate of the authority itself", async () => {
    const der = new X509Certificate(await admin.authorityCertificate()).raw;
    const peer = [undefined, "127.0.0.1"] as const;
    expect((await access.authenticate(`Bearer ${own.apiKey}`, ...peer, der)).kind).toBe("refused");
  });
  it("11. cannot be used with a certificate whose key the caller has not", async () => {
    await expect(ask(own.apiKey, { cert: own.cert, key: other.keys.key })).rejects.toThrow("key values mismatch");
  });
  it("12. is refused with a certificate in a header, unless a proxy of ours says so", async () => {
    const header = { "client-cert": `:${new X509Certificate(own.cert).raw.toString("base64")}:`, "x-forwarded-for": "127.0.0.1" };
    expect(await ask(own.apiKey, null, header)).toBe("refused");
    proxies = ["127.0.0.1"];
    expect(await ask(own.apiKey, null, header)).toBe("tenant");
    expect(await ask(own.apiKey, null, { ...header, "client-cert": ":AAAA:" })).toBe("refused");
    expect(await ask(own.apiKey, null, { ...header, "x-forwarded-for": "192.0.2.7" })).toBe("refused");
    proxies = [];
  });
  it("is refused with a row for a certificate that the authority has not signed", async () => {
    const planted = await foreignCertificate(`CN=${own.tenantId}`);
    const { raw } = new X509Certificate(planted.cert);
    const { createHash } = await import("node:crypto");
    const fingerprint = createHash("sha256").update(raw).digest("hex");
    const row = {
      fingerprint,
      tenantId: own.tenantId,
      serialNumber: "1",
      pem: planted.cert,
      notBefore: 0,
      notAfter: 9e15,
      revokedAt: null,
    };
    await store.tx((tx) => tx.insertClientCertificate(row));
    expect(await ask(own.apiKey, planted)).toBe("refused");
  });
});

describe("a certificate request", () => {
  it("gives its public key and nothing else: subject, uses and authority are ours", async () => {
    const wishes = [
      new BasicConstraintsExtension(true, 5, true),
      new SubjectAlternativeNameExtension([{ type: "dns", value: "evil.example" }]),
    ];
    const { csr } = await certificateRequest({ subject: `CN=${other.tenantId}, O=Somebody`, extensions: wishes });
    const issued = await admin.issueCertificate(own.tenantId, csr);
    if (!issued.ok) throw new Error("refused");
    const certificate = new X509Certificate(issued.value.pem);
    expect(certificate).toMatchObject({
      subject: `CN=${own.tenantId}`,
      ca: false,
      subjectAltName: undefined,
      keyUsage: ["1.3.6.1.5.5.7.3.2"],
    });
    expect(certificate.verify(new X509Certificate(await admin.authorityCertificate()).publicKey)).toBe(true);
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ["that is none", async () => "hello", /no certificate request/],
    ["that is cut", async () => (await certificateRequest()).csr.replace(/.{12}\s+-----END/, "\n-----END"), /cannot be read|not signed/],
    ["that is too long", async () => (await certificateRequest()).csr + " ".repeat(20_000), /no certificate request/],
    ["with a weak RSA key", async () => (await certificateRequest({ keys: await newKeys(RSA_1024) })).csr, /too weak/],
    ["signed with another key", async () => swapped(), /not signed|cannot be read/],
  ])("%s is refused with the reason", async (_name, make, reason) => {
    const refused = await admin.issueCertificate(own.tenantId, await make());
    expect(refused).toMatchObject({ ok: false, refusals: [{ type: "InvalidInput", path: ["certificateRequest"], message: expect.stringMatching(reason) }] });
  }); // prettier-ignore

  const RSA_1024 = { name: "RSASSA-PKCS1-v1_5", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  async function swapped(): Promise<string> {
    const keys = await newKeys();
    const mixed = { ...keys, keys: { publicKey: (await newKeys()).keys.publicKey, privateKey: keys.keys.privateKey } };
    return (await certificateRequest({ keys: mixed })).csr;
  }
});

describe("the authority", () => {
  it("keeps its key sealed: nowhere in the database in plain text", async () => {
    const sealed = await store.setting("access.client-authority");
    const { key } = JSON.parse(masterSealer(masterKey).open(sealed ?? "", ["setting", "access.client-authority"])) as { key: string };
    expect(Buffer.from(key, "base64").length).toBeGreaterThan(60);
    expect(sealed).not.toContain(key.slice(0, 40));
  });
});

describe("the allow-list", () => {
  it.each<[string, string, boolean]>([
    ["192.0.2.1", "192.0.2.1", true],
    ["192.0.2.1", "192.0.2.2", false],
    ["192.0.2.0/24", "192.0.2.255", true],
    ["192.0.2.0/24", "192.0.3.0", false],
    ["192.0.2.0/24", "::ffff:192.0.2.9", true],
    ["192.0.2.0/24", "::ffff:c000:209", true],
    ["192.0.2.0/24", "::ffff:c000:309", false],
    ["::ffff:192.0.2.0/120", "192.0.2.9", true],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["2001:DB8:0:0::1", "2001:db8::1", true],
    ["2001:db8::1", "2001:db8::1%eth0", true],
    ["2001:db8::1", "2001:db8::2", false],
    ["192.0.2.1", "", false],
    ["192.0.2.1", "192.0.2.1.example", false],
    ["192.0.2.1", "3221225985", false],
    ["::1", "127.0.0.1", false],
  ])("of %s says of %s: %s", (listed, address, expected) => {
    expect(networkFault(listed)).toBeNull();
    expect(networkList([listed])(address)).toBe(expected);
    expect(networkList([])(address)).toBe(false);
  });

  it.each(["", "example.com", "192.0.2", "192.0.2.1/33", "192.0.2.1/-1", "192.0.2.1/08", "0.0.0.0/0", "1.0.0.0/7", "::/0", "2001:db8::/129", "1.2.3.4/8/8", "fe80::1%eth0"])(
    "takes no %j",
    (text) => expect(networkFault(text)).not.toBeNull(),
  ); // prettier-ignore

  it("decides in production besides key and certificate, at once when it changes", async () => {
    expect(await admin.setAddresses(own.tenantId, ["192.0.2.0/24"])).toMatchObject({
      ok: true,
      value: { allowedAddresses: ["192.0.2.0/24"] },
    });
    expect(await ask(own.apiKey, shown(own))).toBe("refused");
    const { raw } = new X509Certificate(own.cert);
    expect((await access.authenticate(`Bearer ${own.apiKey}`, undefined, "::ffff:192.0.2.77", raw)).kind).toBe("tenant");
    await admin.setAddresses(own.tenantId, ["127.0.0.1"]);
    expect(await ask(own.apiKey, shown(own))).toBe("tenant");
    expect(await admin.setAddresses(own.tenantId, ["0.0.0.0/0"])).toMatchObject({ ok: false });
  });

  it("believes X-Forwarded-For of a proxy of ours alone, and only as far as proxies of ours wrote it", () => {
    const peer = (from: string, forwarded: string) =>
      createPeerOf(["10.0.0.0/8"])({ socket: { remoteAddress: from }, headers: { "x-forwarded-for": forwarded } } as never).address;
    expect(peer("192.0.2.1", "203.0.113.9")).toBe("192.0.2.1");
    expect(peer("10.0.0.1", "203.0.113.9")).toBe("203.0.113.9");
    expect(peer("::ffff:10.0.0.1", "203.0.113.9, 10.1.1.1")).toBe("203.0.113.9");
    expect(peer("10.0.0.1", "127.0.0.1, 203.0.113.9")).toBe("203.0.113.9");
    expect(peer("10.0.0.1", "")).toBe("10.0.0.1");
  });
});

describe("what is open", () => {
  it("ends within a second of the loss of the certificate, the address, the key, or the tenant's place", async () => {
    const losses: readonly ((one: Identity) => Promise<unknown>)[] = [
      ({ fingerprint }) => admin.revokeCertificate(fingerprint),
      ({ tenantId }) => admin.setAddresses(tenantId, ["192.0.2.1"]),
      ({ apiKey }) => admin.revokeKey(apiKey.split("_")[2] ?? ""),
      ({ tenantId }) => admin.decide(tenantId, false),
    ];
    for (const lose of losses) {
      const one = await newTenant();
      const caller = await access.authenticate(`Bearer ${one.apiKey}`, undefined, "127.0.0.1", new X509Certificate(one.cert).raw);
      if (caller.kind !== "tenant") throw new Error(caller.kind);
      expect(await access.stillValid(caller)).toBe(true);
      await lose(one);
      expect(await at(SECOND - 1, () => access.stillValid(caller))).toBe(false);
    }
  });

  it("of a user's token ends with the tenant's place", async () => {
    const one = await newTenant();
    const user = { id: newId("usr"), tenantId: one.tenantId, clientId: null, createdAt: 0, changeSeq: 0 };
    await store.tx((tx) => tx.insertUser(user));
    const tenant = await store.tenant(one.tenantId);
    if (!tenant) throw new Error("no tenant");
    const { token } = await access.createUserToken(tenant, user, { scopes: ["READ"], origin: null, ttlSeconds: 900 });
    const caller = await access.authenticate(`Bearer ${token}`, undefined, "192.0.2.200");
    if (caller.kind !== "user") throw new Error(caller.kind); // a browser shows no certificate and comes from anywhere
    await admin.decide(one.tenantId, false);
    expect(await access.stillValid(caller)).toBe(false);
    expect((await access.authenticate(`Bearer ${token}`, undefined)).kind).toBe("refused");
  });
});

describe("operators", () => {
  it("are let in from this machine alone unless set otherwise, until they are revoked", async () => {
    const { operatorId, apiKey } = await admin.createOperator("Ada");
    expect(apiKey).toMatch(/^hub_operator_/);
    const kind = async (address: string): Promise<string> => (await access.authenticate(`Bearer ${apiKey}`, undefined, address)).kind;
    expect(await kind("127.0.0.1")).toBe("operator");
    expect(await kind("192.0.2.1")).toBe("refused");
    await admin.revokeOperator(operatorId);
    expect(await at(SECOND, () => kind("127.0.0.1"))).toBe("refused");
  });
});
