import { randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { createAccess } from "../../src/access/authenticate.ts";
import { createTenantAdmin } from "../../src/access/tenants.ts";
import { loadConfig } from "../../src/config/config.ts";
import { loadMasterKey } from "../../src/config/secrets.ts";
import { createVault, openHandle, sealHandle } from "../../src/consents/vault.ts";
import { openCallbackSecret, sealCallbackSecret } from "../../src/domain/callback-secret.ts";
import { masterSealer, SealBroken } from "../../src/domain/cipher.ts";
import { newId, type ConsentId, type GrantId, type TenantId, type UserId } from "../../src/domain/ids.ts";
import { Secret } from "../../src/domain/secret.ts";
import { systemClock } from "../../src/domain/time.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { authorization, consent, grant, job } from "../contracts/store-fixtures.ts";
import { databases } from "../databases.ts";

const RUN = fileURLToPath(new URL("../../src/tools/run.mjs", import.meta.url));
const KILLS = 20;
const CONSENTS = 3_500;
const folder = mkdtempSync(join(tmpdir(), "master-key-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keyOf = (): string => randomBytes(32).toString("base64");

interface World {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly apiKey: string;
  readonly callbackSecret: string;
  readonly consents: readonly { readonly id: ConsentId; readonly grantId: GrantId; readonly token: string }[];
}

/** A tenant with users' tokens, everything sealed under `key`. */
async function fill(store: Store, key: Secret): Promise<World> {
  const made = await createTenantAdmin({ store, clock: systemClock, masterKey: key }).create({
    name: "T", environment: "SANDBOX", redirectUrls: [], callbackUrls: [],
  }); // prettier-ignore
  await createAccess({ store, clock: systemClock, masterKey: key, environment: "SANDBOX" });
  const { tenantId } = made;
  const userId = newId("usr");
  const vault = createVault(key);
  const consents = Array.from({ length: CONSENTS }, () => ({
    id: newId("con"),
    grantId: newId("gra"),
    token: randomBytes(16).toString("hex"),
  }));
  await store.tx(async (tx) => {
    await tx.insertUser({ id: userId, tenantId, clientId: null, createdAt: 0, changeSeq: 0 });
    for (const { id, grantId, token } of consents) {
      const { wrapped, key: own } = vault.newKey({ id, tenantId });
      await tx.insertConsent(consent({ id, userId, tenantId, idempotencyKey: null }), wrapped);
      const sealedHandle = sealHandle(own, grantId, { data: new Secret(token), accessExpiresAt: null });
      await tx.insertGrant(grant({ id: grantId, userId, consentId: id, sealedHandle }));
    }
    for (const { id, grantId } of consents.slice(0, 30)) {
      const attempt = authorization({ userId, consentId: id, grantId });
      const sealed = masterSealer(key).seal("memory", [id, attempt.id, "authorization"]);
      await tx.insertAuthorization({ ...attempt, sealed });
      const payload = { bankId: "bank-a", sealed: masterSealer(key).seal("handle", ["revoke", "bank-a"]), since: 0, refreshes: 0 };
      await tx.insertJob(job({ queue: "revoke", key: null, payload: JSON.stringify(payload) }));
    }
  });
  return { ...made, userId, consents };
}

/** Whether everything opens with that key alone. @throws SealBroken where something does not */
async function openAll(store: Store, key: Secret, { tenantId, apiKey, callbackSecret, consents }: World): Promise<void> {
  const access = await createAccess({ store, clock: systemClock, masterKey: key, environment: "SANDBOX" });
  expect((await access.authenticate(`Bearer ${apiKey}`, undefined)).kind).toBe("tenant");
  const tenant = await store.tenant(tenantId);
  expect(tenant && openCallbackSecret(masterSealer(key), tenant).reveal()).toBe(callbackSecret);
  const vault = createVault(key);
  for (const { id, grantId, token } of consents) {
    const [wrapped, row] = [await store.wrappedKey(id), await store.grant(grantId)];
    expect(row && openHandle(vault.openKey(wrapped ?? "", { id, tenantId }), row)?.data.reveal()).toBe(token);
  }
  for (const { id, text, consentId } of await store.sealedRows("authorization_attempt", "", 1_000))
    expect(vault.master.open(text, [consentId ?? "", id, "authorization"])).toBe("memory");
  const jobs = await store.sealedRows("job", "", 1_000);
  for (const { text } of jobs)
    expect(vault.master.open((JSON.parse(text) as { sealed: string }).sealed, ["revoke", "bank-a"])).toBe("handle");
  expect(jobs).toHaveLength(30);
}

/** The command as an operator gives it; `dieAfter` = killed with SIGKILL at its n-th report of a committed batch. */
async function rotate(env: Record<string, string>, dieAfter: number | null): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [RUN, "tenant", "rotate-master-key"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let batches = 0;
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (line.startsWith('{"place":"consent_key"') && ++batches === dieAfter) child.kill("SIGKILL");
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out };
}

describe.each(databases)("a change of the master key on $name", ({ name, open }) => {
  it(`survives ${String(KILLS)} kills, and afterwards everything opens with the new key and nothing with the old`, async () => {
    const [before, after] = [keyOf(), keyOf()];
    const url = (await open()) ?? `file:${join(folder, name, "hub.db")}`;
    const env = { DATABASE_URL: url, HUB_SECRET_KEY: after, HUB_SECRET_KEY_PREVIOUS: before };
    const config = loadConfig(env);
    const { mkdirSync } = await import("node:fs");
    mkdirSync(join(folder, name));
    await using store = await openStore(config.store);
    const world = await fill(store, new Secret(before));

    let killed = 0;
    while (killed < KILLS) {
      const { code } = await rotate(env, killed + 1);
      expect(code).toBeNull(); // killed in the middle: the last batches were still to come
      killed++;
      if (killed % 10 === 0) await openAll(store, loadMasterKey(config, env), world); // a hub that holds both keys goes on
    }
    const { code, out } = await rotate(env, null);
    expect({ code, ...(JSON.parse(out) as object) }).toMatchObject({ code: 0, unreadable: 0 });
    expect(JSON.parse((await rotate(env, null)).out)).toEqual({ rewrapped: 0, unreadable: 0 });
    await openAll(store, new Secret(after), world);
    await expect(openAll(store, new Secret(before), world)).rejects.toThrow(SealBroken);
  }, 240_000);

  it("says of what neither key opens that it is there, and ends with 1", async () => {
    const url = (await open()) ?? `file:${join(folder, `${name}-foreign`, "hub.db")}`;
    const { mkdirSync } = await import("node:fs");
    mkdirSync(join(folder, `${name}-foreign`), { recursive: true });
    const env = { DATABASE_URL: url, HUB_SECRET_KEY: keyOf(), HUB_SECRET_KEY_PREVIOUS: keyOf() };
    await using store = await openStore(loadConfig(env).store);
    const { tenantId } = await createTenantAdmin({ store, clock: systemClock, masterKey: new Secret(env.HUB_SECRET_KEY_PREVIOUS) }).create({
      name: "T", environment: "SANDBOX", redirectUrls: [], callbackUrls: [],
    }); // prettier-ignore
    const foreign = sealCallbackSecret(masterSealer(new Secret(keyOf())), tenantId, "whsec_x");
    await store.tx((tx) => tx.patchTenant(tenantId, { callbackSecretSealed: foreign }));
    const { code, out } = await rotate(env, null);
    expect({ code, ...(JSON.parse(out) as object) }).toEqual({ code: 1, rewrapped: 1, unreadable: 1 });
  });
});

it("every source that seals under the master key is one whose texts the change seals anew", () => {
  const root = new URL("../../src", import.meta.url).pathname;
  const seals = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/\.(test|fixture)\.ts$/.test(file))
    .filter((file) => /\b(master|sealer)\.seal\(/.test(readFileSync(join(root, file), "utf8")));
  // A new place that seals under the master key belongs into consents/rewrap.ts, and then here.
  expect(seals.toSorted()).toEqual([
    "access/shared-secret.ts", "consents/attempt.ts", "consents/revoke-job.ts", "consents/rewrap.ts", "consents/vault.ts", "domain/callback-secret.ts",
  ]); // prettier-ignore
});
