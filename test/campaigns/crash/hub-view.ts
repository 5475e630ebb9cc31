import { createBrowser } from "../../../src/cli/browser.ts";
import type { HubClient } from "../../../src/cli/hub-client.ts";
import { REDIRECT_URL } from "../../person.ts";

/** What a tenant's backend does with the hub, and sees of it. Every call may break off: the hub is being killed. */

export interface ConsentView {
  readonly id: string;
  readonly status: string;
  readonly authorizationUrl: string | null;
}

export interface Row {
  readonly id: string;
  readonly entryReference: string | null;
  readonly status: string;
}

/** The user is there: no allowance of the bank stands between two kills. */
const ATTENDED = { ipAddress: "203.0.113.7", userAgent: "campaign" };

export async function consentsOf(client: HubClient, person: string): Promise<readonly ConsentView[]> {
  const { user } = await client.run<{ user: { consents: { nodes: readonly ConsentView[] } } }>(
    `query ($u: String!) { user(by: { clientId: $u }) { consents { nodes { id status authorizationUrl } } } }`,
    { u: person },
  );
  return user.consents.nodes;
}

export async function createConsent(client: HubClient, person: string, bankId: string): Promise<void> {
  const input = {
    user: { clientId: person },
    bank: { ref: { bankId, bankIdType: "HUB" } },
    redirectUrl: REDIRECT_URL,
    scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"],
  };
  await mutate(client, "createConsent", "CreateConsentInput", input);
}

export async function createUpdate(client: HubClient, consentId: string): Promise<string | null> {
  const made = await mutate<{ update: { id: string } | null }>(
    client,
    "createUpdate",
    "CreateUpdateInput",
    { consentId, psuContext: ATTENDED },
    "update { id }",
  );
  return made.update?.id ?? null;
}

export async function mutate<T>(client: HubClient, name: string, type: string, input: object, selection = ""): Promise<T> {
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} errors { message } } }`;
  const answer = await client.run<Record<string, T>>(query, { input });
  const payload = answer[name];
  if (payload === undefined) throw new Error(`${name} answered nothing`);
  return payload;
}

/** The person approves at the bank and comes back to the hub; again, where the hub was not there the first time. */
export async function approve(authorizationUrl: string, person: string, callback: string, isBack: () => Promise<void>): Promise<void> {
  const browser = createBrowser({ stopAt: callback });
  let visit = await browser.open(authorizationUrl);
  if (visit.html.includes('name="username"')) {
    visit = await browser.submit(visit, { username: person, password: person });
    visit = await browser.submit(visit, { decision: "approve" });
  }
  if (!visit.url.startsWith(callback)) return; // the bank's own last page: this link was used up before
  for (let tries = 0; tries < 2; tries++) {
    try {
      await createBrowser({ stopAt: REDIRECT_URL }).open(visit.url);
      return;
    } catch {
      await isBack();
    }
  }
}

export async function updatesOf(
  client: HubClient,
  consentId: string,
): Promise<readonly { readonly id: string; readonly status: string }[]> {
  const { consent } = await client.run<{ consent: { updates: { nodes: readonly { id: string; status: string }[] } } | null }>(
    `query ($id: ID!) { consent(id: $id) { updates(first: 500) { nodes { id status } } } }`,
    { id: consentId },
  );
  return consent?.updates.nodes ?? [];
}

export async function rowsOf(client: HubClient, person: string): Promise<readonly Row[]> {
  interface Page {
    readonly user: {
      readonly transactions: {
        readonly nodes: readonly Row[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
      };
    };
  }
  const rows: Row[] = [];
  for (let cursor: string | null = null; ;) {
    const { user }: Page = await client.run<Page>(
      `query ($u: String!, $c: String) { user(by: { clientId: $u }) { transactions(first: 500, after: $c) { nodes { id entryReference status } pageInfo { hasNextPage endCursor } } } }`,
      { u: person, c: cursor },
    );
    rows.push(...user.transactions.nodes);
    if (!user.transactions.pageInfo.hasNextPage) return rows;
    cursor = user.transactions.pageInfo.endCursor;
  }
}

/** The user's log replayed onto nothing: ids of the transactions that it leaves. */
export async function replayed(client: HubClient, person: string): Promise<ReadonlySet<string>> {
  interface Page {
    readonly user: {
      readonly changes: {
        readonly nodes: readonly {
          readonly __typename: string;
          readonly transaction?: { readonly id: string };
          readonly transactionId?: string;
        }[];
        readonly nextCursor: string;
        readonly hasMore: boolean;
      };
    };
  }
  const ids = new Set<string>();
  for (let cursor: string | null = null; ;) {
    const { user }: Page = await client.run<Page>(
      `query ($u: String!, $c: ChangeCursor) { user(by: { clientId: $u }) { changes(first: 500, after: $c, kinds: [TRANSACTION]) { nextCursor hasMore nodes { __typename ... on TransactionAdded { transaction { id } } ... on TransactionRemoved { transactionId } } } } }`,
      { u: person, c: cursor },
    );
    for (const { transaction, transactionId } of user.changes.nodes) {
      if (transaction) ids.add(transaction.id);
      if (transactionId !== undefined) ids.delete(transactionId);
    }
    if (!user.changes.hasMore) return ids;
    cursor = user.changes.nextCursor;
  }
}
