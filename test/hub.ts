import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHub, type Hub } from "../src/app.ts";
import { connectHub, type HubClient } from "../src/cli/hub-client.ts";
import { loadConfig } from "../src/config/config.ts";
import { startBerlinGroupBank } from "../src/sandbox/berlin-group/bank.ts";
import type { SandboxBank } from "../src/sandbox/kit/sandbox-bank.ts";
import type { BerlinGroupBankOptions } from "../src/sandbox/berlin-group/options.ts";
import { approve, REDIRECT_URL } from "./person.ts";

export { approve, REDIRECT_URL };

export interface TestHub extends AsyncDisposable {
  readonly hub: Hub;
  readonly bank: SandboxBank;
  readonly client: HubClient;
  readonly folder: string;
  /** A user, a consent at the bank approved through its own pages, and where the browser landed. */
  givenConsent(options?: {
    /** @default the sandbox bank's own */
    bankId?: string;
    login?: string;
    scopes?: readonly string[];
    startUpdate?: boolean;
  }): Promise<{ userId: string; consentId: string; landing: URL }>;
  /** Runs an update to its end; every streamed state in order. */
  update(consentId: string, input?: Record<string, unknown>): Promise<readonly UpdateState[]>;
  /** Moves the hub's and the bank's clock. */
  advance(duration: string): Promise<void>;
}

export interface UpdateState {
  readonly id: string;
  readonly status: string;
  readonly sequence: number;
  readonly waitReason: string | null;
  readonly progress: {
    readonly fraction: number | null;
    readonly transactionsSeen: number;
    readonly added: number;
    readonly modified: number;
    readonly removed: number;
  };
}

/** A whole hub over a temp folder (or `databaseUrl`) and one sandbox bank, both on free ports. */
export async function startTestHub(
  options: {
    databaseUrl?: string;
    bank?: BerlinGroupBankOptions;
    /** A bank of another standard. @default a Berlin Group bank of `bank` */
    startBank?: () => Promise<SandboxBank>;
    /** Further entries of the directory, made from the bank's. @default none */
    entries?: (bank: SandboxBank) => Promise<readonly SandboxBank["entry"][]>;
    /** Added to the bank's entry: the hub's own certificates, a profile. */
    entry?: Readonly<Record<string, unknown>>;
    env?: Record<string, string>;
    banksInFolder?: boolean;
  } = {},
): Promise<TestHub> {
  const folder = mkdtempSync(join(tmpdir(), "hub-test-"));
  const bank = await (options.startBank ?? (() => startBerlinGroupBank({ businessCount: 2_000, ...options.bank })))();
  // BANKS_FILE may be a folder, too: `banks/` with this bank in `banks.json`.
  const banksFolder = options.banksInFolder ? join(folder, "banks") : folder;
  mkdirSync(banksFolder, { recursive: true });
  const banksFile = join(banksFolder, "banks.json");
  writeFileSync(banksFile, JSON.stringify([{ ...bank.entry, ...options.entry }, ...((await options.entries?.(bank)) ?? [])]));
  const env: Record<string, string> = {
    PORT: "0",
    SANDBOX_BANKS: "off",
    LOG_LEVEL: "silent",
    BANKS_FILE: options.banksInFolder ? banksFolder : banksFile,
    DATABASE_URL: options.databaseUrl ?? `file:${join(folder, "hub.db")}`,
    ...options.env,
  };
  for (const name of Object.keys(env)) if (env[name] === "") delete env[name]; // empty counts as absent, as in readEnv
  const hub = await startHub({ ...loadConfig(env), dataFolder: folder }, env);
  const client = connectHub({ url: hub.url, ws: hub.ws, credential: hub.demoTenantKey ?? "" });
  await client.run(`mutation ($input: SetTenantUrlsInput!) { setTenantUrls(input: $input) { errors { message } } }`, {
    input: { redirectUrls: [REDIRECT_URL] },
  });
  return {
    hub,
    bank,
    client,
    folder,
    async givenConsent({
      bankId = bank.id,
      login = "demo",
      scopes = ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"],
      startUpdate = false,
    } = {}) {
      const { createUser } = await client.run<{ createUser: { user: { id: string } } }>(
        `mutation { createUser(input: {}) { user { id } } }`,
      );
      const input = {
        user: { id: createUser.user.id },
        bank: { ref: { bankId, bankIdType: "HUB" } },
        redirectUrl: REDIRECT_URL,
        scopes,
        startUpdate,
      };
      const { createConsent } = await client.run<{
        createConsent: { consent: { id: string; authorizationUrl: string } | null; errors: { message: string }[] };
      }>(`mutation ($input: CreateConsentInput!) { createConsent(input: $input) { consent { id authorizationUrl } errors { message } } }`, {
        input,
      });
      if (createConsent.consent === null) throw new Error(JSON.stringify(createConsent.errors));
      const landing = await approve(createConsent.consent.authorizationUrl, login);
      return { userId: createUser.user.id, consentId: createConsent.consent.id, landing };
    },
    update: (consentId, input = {}) => runUpdate(client, consentId, input),
    async advance(duration) {
      bank.clock.advance(duration);
      const response = await fetch(new URL("/sandbox/clock", hub.url), {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${hub.demoTenantKey ?? ""}` },
        body: JSON.stringify({ advance: duration }),
      });
      if (!response.ok) throw new Error(`the hub's clock did not move: ${await response.text()}`);
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await hub[Symbol.asyncDispose]();
      await bank[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function runUpdate(client: HubClient, consentId: string, input: Record<string, unknown>): Promise<readonly UpdateState[]> {
  const { createUpdate } = await client.run<{ createUpdate: { update: { id: string } | null; errors: { message: string }[] } }>(
    `mutation ($input: CreateUpdateInput!) { createUpdate(input: $input) { update { id } errors { message } } }`,
    { input: { consentId, ...input } },
  );
  if (createUpdate.update === null) throw new Error(JSON.stringify(createUpdate.errors));
  const states: UpdateState[] = [];
  const fields = "id status sequence waitReason progress { fraction transactionsSeen added modified removed }";
  const follow = client.subscribe<{ updateStatus: UpdateState }>(`subscription ($id: ID!) { updateStatus(updateId: $id) { ${fields} } }`, {
    id: createUpdate.update.id,
  });
  for await (const { updateStatus } of follow) states.push(updateStatus);
  return states;
}
