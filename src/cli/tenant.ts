import { parseArgs } from "node:util";
import { createTenantAdmin } from "../access/tenants.ts";
import { ConfigError } from "../config/config-error.ts";
import { loadConfig } from "../config/config.ts";
import { readEnv } from "../config/env.ts";
import { loadMasterKey, openDataFolder } from "../config/secrets.ts";
import { systemClock } from "../domain/time.ts";
import { openStore } from "../store/open.ts";
import type { TenantAdmin } from "../access/access.ts";
import type { TenantId } from "../domain/ids.ts";

const USAGE = `Usage: npm run -s tenant -- <command>

  create --name N [--redirect-url U]… [--callback-url U]… [--environment sandbox|production]
  list
  rotate-key --tenant T     a second key beside the first; at most two live at a time
  revoke-key --key K        K = the key's id, the part after hub_<environment>_

Works on the database that DATABASE_URL names, also while the hub runs. Prints JSON, one line an answer.
`;

const OPTIONS = {
  name: { type: "string" },
  environment: { type: "string" },
  "redirect-url": { type: "string", multiple: true, default: [] as string[] },
  "callback-url": { type: "string", multiple: true, default: [] as string[] },
  tenant: { type: "string" },
  key: { type: "string" },
} as const;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const env = readEnv();
  const config = loadConfig(env);
  openDataFolder(config.dataFolder);
  await using store = await openStore(config.store);
  const admin = createTenantAdmin({ store, clock: systemClock, masterKey: loadMasterKey(config, env) });
  const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  switch (positionals[0]) {
    case "create":
      return print(await create(admin, values));
    case "list":
      for (const { callbackSecretSealed: _sealed, ...tenant } of await admin.list()) print(tenant);
      return;
    case "rotate-key":
      return print(await admin.rotateKey(required(values.tenant, "--tenant") as TenantId));
    case "revoke-key":
      if (!(await admin.revokeKey(required(values.key, "--key"))))
        throw new ConfigError(["there is no live key with that id: see npm run -s tenant -- list"]);
      return print({ revoked: values.key });
    default:
      throw new ConfigError([`unknown command ${positionals[0] ?? "(none)"}`, USAGE]);
  }
}

interface CreateValues {
  readonly name?: string;
  readonly environment?: string;
  readonly "redirect-url": string[];
  readonly "callback-url": string[];
}

async function create(admin: TenantAdmin, values: CreateValues): Promise<unknown> {
  const environment = (values.environment ?? "sandbox").toUpperCase();
  if (environment !== "SANDBOX" && environment !== "PRODUCTION") throw new ConfigError(["--environment must be sandbox or production"]);
  return admin.create({
    name: required(values.name, "--name"),
    environment,
    redirectUrls: values["redirect-url"],
    callbackUrls: values["callback-url"],
  });
}

function required(value: string | undefined, option: string): string {
  if (value === undefined || value.trim() === "") throw new ConfigError([`${option} is missing`, USAGE]);
  return value;
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `${error instanceof ConfigError ? error.faults.join("\n") : error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
}
