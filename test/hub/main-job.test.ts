import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { approve, startTestHub, type TestHub, type UpdateState } from "../hub.ts";
import { addDays, dayIn } from "../../src/domain/time.ts";
import { databases } from "../databases.ts";

interface Rows {
  readonly consent: {
    accounts: {
      nodes: readonly {
        id: string;
        name: string;
        currency: string;
        transactions: { totalCount: number; nodes: readonly { id: string; status: string }[] };
      }[];
    };
  };
}

const ROWS = `query ($id: ID!, $first: Int! = 500) { consent(id: $id) { accounts { nodes { id name currency transactions(first: $first) { totalCount nodes { id status } } } } } }`;

describe.each(databases)("the main job on $name", ({ open }) => {
  let t: TestHub;

  beforeAll(async () => {
    const databaseUrl = await open();
    t = await startTestHub(databaseUrl === undefined ? {} : { databaseUrl });
  });
  afterAll(async () => t[Symbol.asyncDispose]());

  async function newestIds(consentId: string, first: number): Promise<Map<string, string>> {
    const { consent } = await t.client.run<Rows>(ROWS, { id: consentId, first });
    return new Map(
      consent.accounts.nodes.flatMap(({ transactions }) => transactions.nodes.map(({ id, status }): [string, string] => [id, status])),
    );
  }

  it("takes all the bank gives, then only what is new, and keeps every id", async () => {
    const { consentId, landing } = await t.givenConsent();
    expect(Object.fromEntries(landing.searchParams)).toEqual({ consentId, status: "GIVEN" });

    const first = await t.update(consentId);
    expect(first.at(-1)).toMatchObject({ status: "COMPLETED" });
    expectHonest(first);

    const truth = t.bank.admin.truth("demo");
    const { consent } = await t.client.run<Rows>(ROWS, { id: consentId });
    expect(consent.accounts.nodes).toHaveLength(truth.accounts.length);
    const counts = consent.accounts.nodes.map(({ transactions }) => transactions.totalCount).sort((a, b) => a - b);
    // The bank serves 730 days; what its ledger holds from before then nobody can ask for.
    const oldest = addDays(dayIn("Europe/Berlin", Date.parse(truth.now)), -730);
    const served = truth.accounts.map(
      ({ transactions }) => transactions.filter((row) => (row.bookingDate ?? row.valueDate) >= oldest).length,
    );
    expect(counts).toEqual(served.sort((a, b) => a - b));

    const before = await newestIds(consentId, 400); // a day brings fewer than 100 new rows
    t.bank.admin.clearRequests();
    await t.advance("P1D");
    const second = await t.update(consentId);
    expect(second.at(-1)).toMatchObject({ status: "COMPLETED" });
    expect(second.at(-1)?.progress.added).toBeLessThan(30);
    for (const request of t.bank.admin.requests("transactions")) {
      const from = request.query["dateFrom"];
      if (from !== undefined) expect(Date.parse(from)).toBeGreaterThan(Date.now() - 60 * 86_400_000);
    }
    const after = await newestIds(consentId, 500);
    for (const id of before.keys()) expect(after.has(id)).toBe(true);
  });

  it("knows the accounts as soon as the consent is given, and the first update adds none of them again", async () => {
    const { consentId, userId } = await t.givenConsent({ login: "anna" });
    const follow = `subscription ($u: ID!) { changes(user: { id: $u }) { __typename ... on AccountChanged { account { id } } } }`;
    const due = t.bank.admin.truth("anna").accounts.length;
    const ids = new Set<string>();
    for await (const { changes } of t.client.subscribe<{ changes: { account?: { id: string } } }>(follow, { u: userId })) {
      if (changes.account) ids.add(changes.account.id);
      if (ids.size === due) break;
    }
    expect((await t.update(consentId)).at(-1)).toMatchObject({ status: "COMPLETED" });
    const { consent } = await t.client.run<Rows>(ROWS, { id: consentId, first: 1 });
    expect(new Set(consent.accounts.nodes.map(({ id }) => id))).toEqual(ids);
  });

  it("says REJECTED to the tenant when the user refuses, and nothing is stored", async () => {
    const { createUser } = await t.client.run<{ createUser: { user: { id: string } } }>(
      `mutation { createUser(input: {}) { user { id } } }`,
    );
    const input = {
      user: { id: createUser.user.id },
      bank: { ref: { bankId: t.bank.id, bankIdType: "HUB" } },
      redirectUrl: "http://127.0.0.1:9/bank/return",
    };
    const { createConsent } = await t.client.run<{ createConsent: { consent: { id: string; authorizationUrl: string } } }>(
      `mutation ($input: CreateConsentInput!) { createConsent(input: $input) { consent { id authorizationUrl } } }`,
      { input },
    );
    const landing = await approve(createConsent.consent.authorizationUrl, "demo", "refuse");
    expect(landing.searchParams.get("status")).toBe("REJECTED");
    const { consent } = await t.client.run<{ consent: { status: string; statusReason: string } }>(
      `query ($id: ID!) { consent(id: $id) { status statusReason } }`,
      {
        id: createConsent.consent.id,
      },
    );
    expect(consent).toEqual({ status: "REJECTED", statusReason: "USER_DENIED" });
  });

  it("erases everything with the consent and leaves only the deletions in the log", async () => {
    const { consentId, userId } = await t.givenConsent();
    await t.update(consentId);
    const { deleteConsent } = await t.client.run<{
      deleteConsent: { receipt: { bankRevocation: string; accounts: number; transactions: number } };
    }>(`mutation ($id: ID!) { deleteConsent(input: { consentId: $id }) { receipt { bankRevocation accounts transactions } } }`, {
      id: consentId,
    });
    expect(deleteConsent.receipt.bankRevocation).toBe("DONE");
    expect(deleteConsent.receipt.transactions).toBeGreaterThan(0);
    const after = await t.client.run<{
      consent: null;
      user: { accounts: { totalCount: number }; transactions: { totalCount: number }; changes: { nodes: { __typename: string }[] } };
    }>(
      `query ($c: ID!, $u: ID!) { consent(id: $c) { id } user(by: { id: $u }) { accounts { totalCount } transactions { totalCount } changes { nodes { __typename } } } }`,
      { c: consentId, u: userId },
    );
    expect(after.consent).toBeNull();
    expect([after.user.accounts.totalCount, after.user.transactions.totalCount]).toEqual([0, 0]);
    expect(new Set(after.user.changes.nodes.map((node) => node.__typename))).toEqual(new Set(["ConsentDeleted", "AccountDeleted"]));
  });
});

/** Sequences grow, the fraction never goes down, and only the last state is final. */
function expectHonest(states: readonly UpdateState[]): void {
  for (const [index, state] of states.entries()) {
    const before = states[index - 1];
    if (!before) continue;
    expect(state.sequence).toBeGreaterThan(before.sequence);
    expect(state.progress.fraction ?? 0).toBeGreaterThanOrEqual(before.progress.fraction ?? 0);
    expect(["QUEUED", "RUNNING", "WAITING"]).toContain(before.status);
  }
}
