import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createAudit } from "../access/audit.ts";
import { createTenantAdmin, TenantRefusal } from "../access/tenants.ts";
import { ConfigError } from "../config/config-error.ts";
import { loadConfig } from "../config/config.ts";
import { readEnv } from "../config/env.ts";
import { loadMasterKey, openDataFolder } from "../config/secrets.ts";
import { rewrapAll } from "../consents/rewrap.ts";
import { systemClock } from "../domain/time.ts";
import { openStore } from "../store/open.ts";
import type { TenantAdmin } from "../access/access.ts";
import type { OperatorId, TenantId } from "../domain/ids.ts";
import type { Outcome } from "../domain/refusal.ts";

const USAGE = `Usage: npm run -s tenant -- <command>

  create --name N [--redirect-url U]… [--callback-url U]… [--environment sandbox|production] [--ip A]…
  list
  approve --tenant T        verifies a registered tenant, or lets one into production and issues its certificate
  refuse --tenant T         the tenant's keys are good for nothing from then on
  rotate-key --tenant T     a new key beside the first; at most two live at a time
  revoke-key --key K        K = the key's id, the part after hub_<environment>_
  add-ip --tenant T --ip A  an address or a network such as 192.0.2.0/24 that production keys are good from; remove-ip takes it out
  issue-certificate --tenant T --csr FILE     prints the certificate and the authority's own, both PEM
  revoke-certificate --fingerprint F          SHA-256 of the certificate in hex, as list shows it
  create-operator --name N  a key for the mutations of operators; revoke-operator --operator O ends it
  rotate-master-key         seals with HUB_SECRET_KEY what HUB_SECRET_KEY_PREVIOUS has sealed; may be stopped and repeated (SECURITY.md)

Works on the database that DATABASE_URL names, also while the hub runs. Prints JSON, one line an answer.
`;

const OPTIONS = {
  name: { type: "string" },
  environment: { type: "string" },
  "redirect-url": { type: "string", multiple: true, default: [] as string[] },
  "callback-url": { type: "string", multiple: true, default: [] as string[] },
  ip: { type: "string", multiple: true, default: [] as string[] },
  tenant: { type: "string" },
  key: { type: "string" },
  csr: { type: "string" },
  fingerprint: { type: "string" },
  operator: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

async function main(): Promise<void> {
  const { values, positionals } = parseWords();
  if (values.help) return void process.stdout.write(USAGE);
  const env = readEnv();
  const config = loadConfig(env, "all", "command line");
  openDataFolder(config.dataFolder);
  await using store = await openStore(config.store);
  const masterKey = loadMasterKey(config, env);
  const admin = createTenantAdmin({ store, clock: systemClock, masterKey });
  const audit = createAudit({ store, clock: systemClock });
  const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  const command = positionals[0];
  const tenantId = (): TenantId => required(values.tenant, "--tenant") as TenantId;
  const noted = (tenant: TenantId, subject: string): Promise<void> =>
    audit.record(tenant, "command-line", { action: ACTIONS[command ?? ""] ?? "unknown", subject, outcome: "DONE" });

  switch (command) {
    case "create": {
      const made = await create(admin, values);
      await noted(made.tenantId, made.tenantId);
      return print(made);
    }
    case "list":
      for (const { callbackSecretSealed: _sealed, ...tenant } of await admin.list()) print(tenant);
      return;
    case "approve":
    case "refuse": {
      const { id, status, products } = granted(await admin.decide(tenantId(), command === "approve"));
      await noted(id, id);
      return print({ tenantId: id, status, products });
    }
    case "rotate-key": {
      const { keyId, ...made } = granted(await admin.rotateKey(tenantId()));
      await noted(made.tenantId, keyId);
      return print(made);
    }
    case "revoke-key": {
      const keyId = required(values.key, "--key");
      const owner = (await store.apiKey(keyId))?.tenantId;
      if (!owner || !(await admin.revokeKey(keyId)))
        throw new ConfigError(["there is no live key with that id: see npm run -s tenant -- list"]);
      await noted(owner, keyId);
      return print({ revoked: keyId });
    }
    case "add-ip":
    case "remove-ip": {
      const id = tenantId();
      const standing = (await store.tenant(id))?.allowedAddresses ?? [];
      const given = values.ip.length > 0 ? values.ip : [required(undefined, "--ip")];
      const addresses = command === "add-ip" ? [...standing, ...given] : standing.filter((one) => !given.includes(one));
      const { allowedAddresses } = granted(await admin.setAddresses(id, addresses));
      await noted(id, id);
      return print({ tenantId: id, allowedAddresses });
    }
    case "issue-certificate": {
      const request = readFile(required(values.csr, "--csr"));
      const made = granted(await admin.issueCertificate(tenantId(), request));
      await noted(made.tenantId, made.fingerprint);
      return print({ ...made, authority: await admin.authorityCertificate() });
    }
    case "revoke-certificate": {
      const made = granted(await admin.revokeCertificate(required(values.fingerprint, "--fingerprint").toLowerCase()));
      await noted(made.tenantId, made.fingerprint);
      return print({ revoked: made.fingerprint });
    }
    case "create-operator":
      return print(await admin.createOperator(required(values.name, "--name")));
    case "revoke-operator":
      if (!(await admin.revokeOperator(required(values.operator, "--operator") as OperatorId)))
        throw new ConfigError(["there is no live operator with that id"]);
      return print({ revoked: values.operator });
    case "rotate-master-key": {
      if (env["HUB_SECRET_KEY_PREVIOUS"] === undefined)
        throw new ConfigError(["HUB_SECRET_KEY_PREVIOUS must hold the key before, HUB_SECRET_KEY the new one"]);
      const done = await rewrapAll({ store, masterKey }, (place, rewrapped) => {
        process.stderr.write(`${JSON.stringify({ place, rewrapped })}\n`);
      });
      if (done.unreadable > 0) process.exitCode = 1;
      return print(done);
    }
    default:
      throw new ConfigError([`unknown command ${command ?? "(none)"}`, USAGE]);
  }
}

/** How commands stand in the tenant's audit log: as the mutations that do the same. */
const ACTIONS: Readonly<Record<string, string>> = {
  create: "createTenant",
  approve: "approveTenant",
  refuse: "refuseTenant",
  "rotate-key": "rotateApiKey",
  "revoke-key": "revokeApiKey",
  "add-ip": "setAllowedAddresses",
  "remove-ip": "setAllowedAddresses",
  "issue-certificate": "issueCertificate",
  "revoke-certificate": "revokeCertificate",
};

function parseWords() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // Node's second sentence is about words that begin with a dash, which no command takes.
    throw new ConfigError([error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error), USAGE]);
  }
}

function granted<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new TenantRefusal(outcome.refusals.map(({ message }) => message).join("\n"));
}

function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new ConfigError([`${file} cannot be read`]);
  }
}

interface CreateValues {
  readonly name?: string;
  readonly environment?: string;
  readonly "redirect-url": string[];
  readonly "callback-url": string[];
  readonly ip: string[];
}

async function create(admin: TenantAdmin, values: CreateValues): ReturnType<TenantAdmin["create"]> {
  const environment = (values.environment ?? "sandbox").toUpperCase();
  if (environment !== "SANDBOX" && environment !== "PRODUCTION") throw new ConfigError(["--environment must be sandbox or production"]);
  return admin.create({
    name: required(values.name, "--name"),
    environment,
    redirectUrls: values["redirect-url"],
    callbackUrls: values["callback-url"],
    allowedAddresses: values.ip,
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
