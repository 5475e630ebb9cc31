import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TenantAdmin } from "./access/access.ts";
import type { Access } from "./access/access.ts";

const KEY_FILE = "demo-tenant.key";
const RUNNING_FILE = "running.json";

/**
 * The sandbox's demo tenant: made once, its key kept in the data folder with mode 0600 because the store holds only the key's hash.
 * A key that the database does not know (the database was removed) is replaced.
 * @returns the API key
 */
export async function demoTenantKey(
  folder: string,
  publicUrl: string,
  admin: TenantAdmin,
  access: Pick<Access, "authenticate">,
): Promise<string> {
  const file = join(folder, KEY_FILE);
  if (existsSync(file)) {
    const key = readFileSync(file, "utf8").trim();
    if ((await access.authenticate(`Bearer ${key}`, undefined)).kind === "tenant") return key;
  }
  const { apiKey } = await admin.create({
    name: "Demo",
    environment: "SANDBOX",
    redirectUrls: [`${publicUrl}/sandbox/landed`],
    callbackUrls: [],
  });
  writeFileSync(file, `${apiKey}\n`, { mode: 0o600 });
  return apiKey;
}

/** Tells `npm run demo` where the hub runs; removed at an orderly stop. */
export function announce(folder: string, hub: object): () => void {
  const file = join(folder, RUNNING_FILE);
  writeFileSync(file, JSON.stringify(hub), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** What {@link announce} wrote; null where no hub announced itself. */
export function announced(folder: string): unknown {
  const file = join(folder, RUNNING_FILE);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}
