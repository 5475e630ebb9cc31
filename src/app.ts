import { createAudit } from "./access/audit.ts";
import { createAccess } from "./access/authenticate.ts";
import { createBudget } from "./access/budget.ts";
import { createPeerOf } from "./access/peer.ts";
import { createTenantAdmin } from "./access/tenants.ts";
import { openBanks } from "./banks/open.ts";
import { rememberBanks } from "./banks/remember.ts";
import { ConfigError } from "./config/config-error.ts";
import type { Config, Role } from "./config/config.ts";
import type { Env } from "./config/env.ts";
import { profileFaults } from "./connectors/registry.ts";
import { loadMasterKey, openDataFolder } from "./config/secrets.ts";
import { announce, demoTenantKey } from "./demo-tenant.ts";
import { startEngine } from "./engine.ts";
import { openHints } from "./events/open.ts";
import { listen } from "./gateway/gateway.ts";
import { createMetrics } from "./gateway/metrics.ts";
import { createRoutes } from "./gateway/routes.ts";
import { addDuration, createTravellingClock } from "./gateway/travelling-clock.ts";
import { createLog } from "./log.ts";
import { createServices } from "./services.ts";
import { openStore } from "./store/open.ts";
import { DataFileInUse, lockDataFile } from "./store/lock.ts";
import { openEngineThread, startSandboxThread } from "./threads.ts";

export interface Hub extends AsyncDisposable {
  /** The GraphQL URL, and the same for sockets. */
  readonly url: string;
  readonly ws: string;
  readonly role: Role;
  /** Null in production. */
  readonly demoTenantKey: string | null;
  /** The sandbox banks with the logins of their users. */
  readonly banks: readonly {
    readonly id: string;
    readonly name: string;
    readonly logins: readonly { readonly user: string; readonly password: string }[];
  }[];
  /** Rejects when a part that the hub cannot live without has died. */
  readonly failed: Promise<never>;
}

export interface Overrides {
  /** Run the engine in this thread: for tests that look inside. @default false */
  readonly engineInline?: boolean;
}

/**
 * Builds all parts in the order of the data's flow, and closes them in reverse.
 * @throws ConfigError for settings that it cannot start with
 */
export async function startHub(config: Config, env: Env, overrides: Overrides = {}): Promise<Hub> {
  const closers: (() => void | PromiseLike<void>)[] = [];
  const dispose = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await build(config, env, overrides, closers, dispose);
  } catch (error) {
    await dispose();
    throw refusal(error);
  }
}

async function build(
  config: Config,
  env: Env,
  overrides: Overrides,
  closers: (() => void | PromiseLike<void>)[],
  dispose: () => Promise<void>,
): Promise<Hub> {
  const log = createLog(config.logLevel);
  const { environment, role } = config;
  openDataFolder(config.dataFolder);
  const masterKey = loadMasterKey(config, env);
  if (config.store.dialect === "sqlite") closers.push(lockDataFile(config.store.file));
  const listener = role === "worker" ? null : await listen(config.http);
  if (listener) closers.push(() => listener.close());
  const publicUrl = config.http.publicUrl ?? listener?.localUrl ?? `http://${config.http.host}:${String(config.http.port)}`;

  // Both threads load their code while this one goes on.
  const engineThread = role === "gateway" || overrides.engineInline ? null : openEngineThread(log);
  if (engineThread) closers.push(() => engineThread[Symbol.asyncDispose]());
  const sandboxStarting = config.sandboxBanks && role !== "worker" ? startSandboxThread() : null;
  // The largest part by far; a worker does without it.
  const graphqlLoading = listener ? import("./graphql/server.ts") : null;
  const store = await openStore(config.store);
  closers.push(() => store[Symbol.asyncDispose]());
  // The lock on the data file says that whoever left a lease in it is dead: nothing has to wait until it runs out.
  if (config.store.dialect === "sqlite") await store.tx((tx) => tx.endLeases());
  const sandbox = sandboxStarting ? await sandboxStarting : null;
  if (sandbox) closers.push(() => sandbox[Symbol.asyncDispose]());

  const clock = createTravellingClock();
  // A database that a sandbox has travelled with keeps its offset: certificates and tokens of production go by the real time.
  const travels = environment === "SANDBOX";
  if (travels) await clock.reload(store);
  await sandbox?.moveTo(clock.now());
  const hints = openHints(config.store, log);
  closers.push(() => hints[Symbol.asyncDispose]());
  hints.listen((hint) => void (travels && hint.topic === "clock" && clock.reload(store)));

  const { unattendedCallsPerDay, banksFile } = config;
  const sandboxEntries = sandbox?.entries ?? [];
  const banks = openBanks({ environment, unattendedCallsPerDay, profileFaults, banksFile, sandboxEntries, publicUrl, log });
  closers.push(() => banks[Symbol.dispose]());
  const { directory } = banks;
  const services = createServices({ store, hints, clock, banks: directory, environment, masterKey, publicUrl, log });
  const access = await createAccess({ store, clock, masterKey, environment, operatorAddresses: config.operatorAddresses });
  const tenantAdmin = createTenantAdmin({ store, clock, masterKey });
  const peerOf = createPeerOf(config.trustedProxies);
  const stopping = new AbortController();

  if (overrides.engineInline && role !== "gateway") {
    const engine = startEngine(services);
    closers.push(() => engine[Symbol.asyncDispose]());
  }
  const engineStarting = engineThread?.start(
    { store: config.store, banks: directory.banks, environment, masterKey: masterKey.reveal(), publicUrl, logLevel: config.logLevel },
    hints,
  );
  engineStarting?.catch(() => undefined); // awaited below
  if (engineThread) banks.onChange(() => engineThread.setBanks(directory.banks));
  if (engineThread) closers.push(() => engineThread[Symbol.asyncDispose]()); // ahead of the store and the sandbox banks; twice does no harm

  if (listener && graphqlLoading) {
    const { consents, requests } = services;
    const { createGraphql } = await graphqlLoading;
    await rememberBanks(store, banks.entries());
    banks.onChange(() => {
      rememberBanks(store, banks.entries()).catch((error: unknown) => log.error({ err: error }, "the banks' facts were not stored"));
    });
    const metrics = createMetrics();
    metrics.watchBanks(banks.state);
    const graphql = await createGraphql({
      ...services,
      access,
      admin: tenantAdmin,
      audit: createAudit({ store, clock }),
      peerOf,
      budget: createBudget({ clock, limits: config.pointsPerMinute, store: store.dialect === "postgres" ? store : null }),
      consents,
      requests,
      publicUrl,
      corsOrigins: config.http.corsOrigins,
      metrics,
    });
    closers.push(() => graphql.close());
    const travel =
      environment === "PRODUCTION"
        ? null
        : async (duration: string) => {
            const target = addDuration(clock.now(), duration);
            if (target === null) return null;
            await clock.moveTo(store, target);
            await sandbox?.moveTo(target);
            hints.send({ topic: "clock" });
            return clock.now();
          };
    const { logo } = banks;
    const request = createRoutes({ graphql, peerOf, consents, access, store, metrics, logo, log, travel, stopping: stopping.signal });
    if (environment === "PRODUCTION") listener.askForCertificates(await tenantAdmin.authorityCertificate());
    listener.attach({ request, upgrade: (req, socket, head) => graphql.upgrade(req, socket, head) });
  }
  closers.push(() => stopping.abort());
  await engineStarting;

  const demoKey =
    environment === "SANDBOX" && role !== "worker" ? await demoTenantKey(config.dataFolder, publicUrl, tenantAdmin, access) : null;
  const named = (sandbox?.logins ?? []).map(({ id, logins }) => ({ id, name: directory.byId(id)?.name ?? id, logins }));
  const url = `${publicUrl}/graphql`;
  const hub = { url, ws: url.replace(/^http/, "ws"), role, demoTenantKey: demoKey, banks: named };
  if (demoKey !== null) closers.push(announce(config.dataFolder, { ...hub, pid: process.pid }));
  log.info({ url, dialect: config.store.dialect, role, banks: directory.banks.length }, "hub is up");
  const failed = engineThread?.failed ?? new Promise<never>(() => undefined);
  return { ...hub, failed, [Symbol.asyncDispose]: dispose };
}

/** What an operator can mend becomes a refusal without a stack; the rest stays what it is. */
function refusal(error: unknown): unknown {
  if (error instanceof DataFileInUse) return new ConfigError([error.message]);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!UNREACHABLE.has(code)) return error;
  return new ConfigError([`DATABASE_URL names a database that cannot be reached (${code}): start it, or correct the address`]);
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "3D000",
  "28P01",
  "28000",
]);
