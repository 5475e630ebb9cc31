import { randomUUID } from "node:crypto";
import { createBrowser, titleOf } from "./browser.ts";
import * as ask from "./demo-operations.ts";
import { connectHub, type HubClient } from "./hub-client.ts";
import type { Screen } from "./screen.ts";
import { startTenantApp, type TenantApp } from "./tenant-app.ts";

export interface RunningHub {
  readonly url: string;
  readonly ws: string;
  readonly demoTenantKey: string;
  readonly banks: readonly {
    readonly id: string;
    readonly name: string;
    readonly logins: readonly { readonly user: string; readonly password: string }[];
  }[];
}

interface Refusable {
  readonly errors: readonly { readonly message: string }[];
}

/** What came of the main job at one bank. */
export interface Played {
  readonly accounts: number;
  /** Rows that the first and the second update added. */
  readonly first: number;
  readonly second: number;
}

/** Plays the whole main job at one bank, as a client over HTTP and WebSocket. @throws Error naming the step that failed */
export async function playMainJob(hub: RunningHub, bankId: string, screen: Screen): Promise<Played> {
  const client = connectHub({ url: hub.url, ws: hub.ws, credential: hub.demoTenantKey });
  await using app = await startTenantApp();
  try {
    const before = await registerRedirectUrl(client, app, screen);
    try {
      const user = await createUser(client, screen);
      const consentId = await giveConsent({ hub, client, app, bankId, user, screen });
      const first = await runUpdate(client, consentId, screen, "First update: everything the bank gives");
      const accounts = await showData(client, consentId, screen);
      await advanceClock(hub, screen);
      const second = await runUpdate(client, consentId, screen, "Second update: only the new window is asked of the bank");
      await deleteEverything(client, consentId, user, screen);
      return { accounts, first, second };
    } finally {
      await client.run(ask.SET_URLS, { input: before });
    }
  } finally {
    await client.close();
  }
}

async function registerRedirectUrl(
  client: HubClient,
  app: TenantApp,
  screen: Screen,
): Promise<{ redirectUrls: string[]; updateCallbackUrls: string[] }> {
  screen.step("Register the tenant's redirect URL");
  const { tenant } = await client.run<{
    tenant: { name: string; environment: string; redirectUrls: string[]; updateCallbackUrls: string[] };
  }>(ask.TENANT);
  const { redirectUrls, updateCallbackUrls } = tenant;
  accepted(
    await client.run<Record<string, Refusable>>(ask.SET_URLS, {
      input: { redirectUrls: [...redirectUrls, app.redirectUrl], updateCallbackUrls },
    }),
  );
  screen.line(`tenant ${tenant.name} (${tenant.environment}) may now send users back to ${app.redirectUrl}`);
  return { redirectUrls, updateCallbackUrls };
}

async function createUser(client: HubClient, screen: Screen): Promise<string> {
  screen.step("Create a user");
  const clientId = `demo-${randomUUID().slice(0, 8)}`;
  const data = accepted(await client.run<{ createUser: Refusable & { user: { id: string } } }>(ask.CREATE_USER, { input: { clientId } }));
  screen.line(`${data.createUser.user.id}, known to the tenant as ${clientId}`);
  return data.createUser.user.id;
}

interface ConsentGiving {
  readonly hub: RunningHub;
  readonly client: HubClient;
  readonly app: TenantApp;
  readonly bankId: string;
  readonly user: string;
  readonly screen: Screen;
}

async function giveConsent({ hub, client, app, bankId, user, screen }: ConsentGiving): Promise<string> {
  screen.step("Create a consent");
  const input = {
    user: { id: user },
    bank: { ref: { bankId, bankIdType: "HUB" } },
    redirectUrl: app.redirectUrl,
    scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"],
  };
  interface Created {
    readonly createConsent: Refusable & {
      consent: { id: string; status: string; authorizationUrl: string | null; bank: { name: string; standard: string } };
    };
  }
  const { consent } = accepted(await client.run<Created>(ask.CREATE_CONSENT, { input })).createConsent;
  screen.line(`${consent.id} at ${consent.bank.name} (${consent.bank.standard}): ${consent.status}`);
  screen.line(`authorization URL: ${consent.authorizationUrl ?? "none"}`);
  if (consent.authorizationUrl === null) throw new Error("the hub gave no authorization URL");

  screen.step("The user approves on the bank's own pages");
  const statuses = watchConsent(client, consent.id);
  const login = hub.banks.find((bank) => bank.id === bankId)?.logins[0] ?? { user: "demo", password: "demo" };
  const browser = createBrowser();
  let visit = await browser.open(consent.authorizationUrl);
  screen.line(`page "${titleOf(visit.html)}": logs in as ${login.user}`);
  visit = await browser.submit(visit, { username: login.user, password: login.password });
  screen.line(`page "${titleOf(visit.html)}": shares the accounts and approves`);
  visit = await browser.submit(visit, { decision: "approve" });
  const landing = await app.landed();
  screen.line(`bank → hub (code exchanged for tokens) → tenant: landed with ${JSON.stringify(landing)}`);
  screen.line(`consentStatus streamed: ${(await statuses).join(" → ")}`);
  if (landing["status"] !== "GIVEN") throw new Error(`the consent ended as ${landing["status"] ?? "unknown"}`);
  return consent.id;
}

async function watchConsent(client: HubClient, id: string): Promise<string[]> {
  const seen: string[] = [];
  for await (const { consentStatus } of client.subscribe<{ consentStatus: { status: string } }>(ask.CONSENT_STATUS, { id })) {
    if (seen.at(-1) !== consentStatus.status) seen.push(consentStatus.status);
    if (consentStatus.status !== "REQUESTED") break;
  }
  return seen;
}

interface UpdateEvent {
  readonly updateStatus: {
    readonly status: string;
    readonly waitReason: string | null;
    readonly nextAttemptAt: string | null;
    readonly error: { readonly message: string } | null;
    readonly progress: {
      fraction: number | null;
      accountsTotal: number | null;
      accountsDone: number;
      transactionsSeen: number;
      added: number;
      modified: number;
      removed: number;
    };
  };
}

interface Step {
  readonly scope: string;
  readonly status: string;
  readonly coveredFrom: string | null;
  readonly coveredTo: string | null;
  readonly seen: number;
  readonly account: { readonly name: string } | null;
}

/** Rows added. */
async function runUpdate(client: HubClient, consentId: string, screen: Screen, title: string): Promise<number> {
  screen.step(title);
  const created = accepted(
    await client.run<{ createUpdate: Refusable & { update: { id: string; status: string } } }>(ask.CREATE_UPDATE, { input: { consentId } }),
  );
  const { id } = created.createUpdate.update;
  screen.line(`${id}: ${created.createUpdate.update.status}; following updateStatus over the WebSocket`);
  let last: UpdateEvent["updateStatus"] | null = null;
  for await (const { updateStatus } of client.subscribe<UpdateEvent>(ask.UPDATE_STATUS, { id })) {
    last = updateStatus;
    const { progress, status } = updateStatus;
    const wait = updateStatus.waitReason === null ? "" : ` (${updateStatus.waitReason} until ${updateStatus.nextAttemptAt ?? "?"})`;
    screen.bar(
      progress.fraction,
      `${status}${wait} · accounts ${String(progress.accountsDone)}/${String(progress.accountsTotal ?? "?")} · ${String(progress.transactionsSeen)} rows`,
    );
  }
  screen.endBar();
  if (last?.status !== "COMPLETED")
    throw new Error(`the update ended as ${last?.status ?? "unknown"}: ${last?.error?.message ?? "no reason given"}`);
  screen.line(`${String(last.progress.added)} added, ${String(last.progress.modified)} modified, ${String(last.progress.removed)} removed`);
  const { update } = await client.run<{ update: { steps: Step[] } }>(ask.UPDATE_STEPS, { id });
  for (const step of update.steps.filter(({ scope }) => scope === "TRANSACTIONS")) {
    screen.line(
      `${(step.account?.name ?? "").padEnd(24)} ${step.status} ${step.coveredFrom ?? "–"} … ${step.coveredTo ?? "–"}: ${String(step.seen)} rows seen`,
    );
  }
  return last.progress.added;
}

interface Dashboard {
  readonly consent: {
    readonly validUntil: string | null;
    readonly accounts: {
      readonly totalCount: number;
      readonly nodes: readonly {
        name: string;
        type: string;
        iban: string | null;
        maskedPan: string | null;
        balance: { type: string; amount: { amount: string; currency: string } } | null;
        transactions: {
          totalCount: number;
          nodes: readonly { date: string; status: string; description: string; amount: { amount: string; currency: string } }[];
        };
      }[];
    };
    readonly user: { readonly identities: readonly { readonly fullName: string }[] };
  };
}

/** The number of accounts. */
async function showData(client: HubClient, consentId: string, screen: Screen): Promise<number> {
  screen.step("Query accounts, balances, transactions, identity from the hub's own store");
  const { consent } = await client.run<Dashboard>(ask.DASHBOARD, { id: consentId });
  screen.line(
    `valid until ${consent.validUntil ?? "further notice"}; identity: ${consent.user.identities.map(({ fullName }) => fullName).join(", ") || "not reported"}`,
  );
  if (consent.accounts.totalCount === 0) throw new Error("no account arrived");
  for (const { name, type, iban, maskedPan, balance, transactions } of consent.accounts.nodes) {
    const money = balance ? `${balance.amount.amount} ${balance.amount.currency} (${balance.type})` : "no balance";
    screen.line(`${name} · ${type} · ${iban ?? maskedPan ?? ""} · ${money} · ${String(transactions.totalCount)} transactions`);
    for (const row of transactions.nodes)
      screen.line(`    ${row.date} ${row.status.padEnd(7)} ${row.amount.amount.padStart(10)} ${row.amount.currency}  ${row.description}`);
  }
  return consent.accounts.totalCount;
}

async function advanceClock(hub: RunningHub, screen: Screen): Promise<void> {
  screen.step("A day passes (sandbox time travel)");
  const response = await fetch(new URL("/sandbox/clock", hub.url), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${hub.demoTenantKey}` },
    body: JSON.stringify({ advance: "P1D" }),
  });
  const body = (await response.json()) as { now?: string; error?: string };
  if (!response.ok) throw new Error(`the clock did not move: ${body.error ?? String(response.status)}`);
  screen.line(`hub and banks are now at ${body.now ?? "?"}`);
}

async function deleteEverything(client: HubClient, consentId: string, userId: string, screen: Screen): Promise<void> {
  screen.step("Delete the consent: access ended at the bank, everything erased");
  interface Deleted {
    readonly deleteConsent: Refusable & { receipt: { id: string; bankRevocation: string; accounts: number; transactions: number } };
  }
  const { receipt } = accepted(await client.run<Deleted>(ask.DELETE_CONSENT, { id: consentId })).deleteConsent;
  screen.line(
    `receipt ${receipt.id}: bank revocation ${receipt.bankRevocation}, ${String(receipt.accounts)} accounts and ${String(receipt.transactions)} transactions erased`,
  );
  interface Afterwards {
    readonly consent: unknown;
    readonly user: {
      accounts: { totalCount: number };
      transactions: { totalCount: number };
      changes: { nodes: readonly { __typename: string }[] };
    };
  }
  const after = await client.run<Afterwards>(ask.AFTERWARDS, { consent: consentId, user: userId });
  if (after.consent !== null || after.user.accounts.totalCount + after.user.transactions.totalCount > 0)
    throw new Error("something of the consent is still there");
  screen.line(`left in the user's log: ${after.user.changes.nodes.map((node) => node.__typename).join(", ")}`);
  accepted(await client.run<Record<string, Refusable>>(ask.DELETE_USER, { id: userId }));
  screen.line("the demo user is gone too");
}

function accepted<T extends object>(data: T): T {
  for (const payload of Object.values(data) as Refusable[]) {
    if (payload.errors.length > 0) throw new Error(payload.errors.map(({ message }) => message).join("; "));
  }
  return data;
}
