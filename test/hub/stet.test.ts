import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays, dayIn } from "../../src/domain/time.ts";
import { startStetBank } from "../../src/sandbox/stet/bank.ts";
import { approve, startTestHub, type TestHub } from "../hub.ts";

interface Data {
  readonly consent: {
    readonly status: string;
    readonly statusReason: string | null;
    readonly attention: string;
    readonly user: { readonly identities: readonly { readonly fullName: string }[] };
    readonly accounts: { readonly nodes: readonly Account[] };
  };
}
interface Account {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly transactions: { readonly totalCount: number; readonly nodes: readonly { readonly id: string; readonly status: string }[] };
}

const DATA = `query ($id: ID!) { consent(id: $id) { status statusReason attention user { identities { fullName } }
  accounts { nodes { id name type transactions(first: 300) { totalCount nodes { id status } } } } } }`;

describe.each([
  ["1.4.2 with a mixed consent", { version: "1.4.2", consentModel: "mixed" }],
  ["1.5 where the person chooses at the bank", { version: "1.5" }],
] as const)("the main job at a STET bank of %s", (_name, options) => {
  let t: TestHub;
  beforeAll(async () => {
    // Tokens live for a minute: every update begins with a refresh.
    t = await startTestHub({ startBank: () => startStetBank({ businessCount: 1, accessTokenTtl: 90, ...options }) });
  });
  afterAll(() => t[Symbol.asyncDispose]());

  const data = async (id: string) => (await t.client.run<Data>(DATA, { id })).consent;
  const current = ({ accounts }: Data["consent"]) => accounts.nodes.find(({ name }) => name === "Girokonto");

  it("takes all that the bank gives, then only what is new, keeps every id when rows are booked, and refreshes tokens on the way", async () => {
    const { consentId, landing } = await t.givenConsent();
    expect(landing.searchParams.get("status")).toBe("GIVEN");
    expect((await t.update(consentId)).at(-1)?.status).toBe("COMPLETED");
    const before = await data(consentId);
    const truth = t.bank.admin.truth("demo");
    // The bank serves 730 days; what its ledger holds from before then nobody can ask for.
    const oldest = addDays(dayIn("Europe/Paris", Date.parse(truth.now)), -730);
    const served = truth.accounts.map(
      ({ transactions }) => transactions.filter((row) => (row.bookingDate ?? row.valueDate) >= oldest).length,
    );
    const stored = before.accounts.nodes.map(({ transactions }) => transactions.totalCount);
    expect(before.accounts.nodes.map(({ type }) => type).sort()).toEqual(["CARD", "CURRENT", "CURRENT", "CURRENT"]);
    expect(stored.toSorted((a, b) => a - b)).toEqual(served.toSorted((a, b) => a - b));
    expect(before.user.identities.map(({ fullName }) => fullName)).toEqual(["Demo Muster"]);
    const pending = current(before)?.transactions.nodes.filter(({ status }) => status === "PENDING") ?? [];
    expect(pending.length).toBeGreaterThan(0);

    t.bank.admin.clearRequests();
    await t.advance("P2D");
    const second = await t.update(consentId);
    expect(second.at(-1)).toMatchObject({ status: "COMPLETED" });
    expect(second.at(-1)?.progress.added).toBeLessThan(40);
    expect(t.bank.admin.requests("token").map(({ status }) => status)).toEqual([200]);
    for (const { query } of t.bank.admin.requests("transactions")) {
      if (query["dateFrom"] !== undefined) expect(Date.parse(query["dateFrom"])).toBeGreaterThan(t.bank.clock.nowMs() - 60 * 86_400_000);
    }
    const after = new Map(current(await data(consentId))?.transactions.nodes.map(({ id, status }) => [id, status]));
    expect(pending.map(({ id }) => after.get(id)).every((status) => status === "BOOKED" || status === "PENDING")).toBe(true);
    expect(pending.some(({ id }) => after.get(id) === "BOOKED")).toBe(true);
  });

  it("says REJECTED when the person refuses", async () => {
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
    expect(await data(createConsent.consent.id)).toMatchObject({ status: "REJECTED", statusReason: "USER_DENIED" });
  });

  it("finds out that the person took it back at the bank, and a renewal brings the same accounts to life", async () => {
    const { consentId } = await t.givenConsent({ login: "anna" });
    await t.update(consentId);
    const before = await data(consentId);
    // The access token has run out by then: only the refusal to refresh it tells.
    await t.advance("PT5M");
    expect(t.bank.admin.revoke("anna")).toBe(true);
    expect((await t.update(consentId)).at(-1)?.status).toBe("FAILED");
    expect(await data(consentId)).toMatchObject({ status: "REVOKED", statusReason: "REVOKED_AT_BANK", attention: "RENEWAL_REQUIRED" });

    const { renewConsent } = await t.client.run<{ renewConsent: { consent: { authorizationUrl: string } } }>(
      `mutation ($id: ID!) { renewConsent(input: { consentId: $id }) { consent { authorizationUrl } } }`,
      { id: consentId },
    );
    await approve(renewConsent.consent.authorizationUrl, "anna");
    expect((await t.update(consentId)).at(-1)?.status).toBe("COMPLETED");
    const after = await data(consentId);
    expect(after.status).toBe("GIVEN");
    expect(after.accounts.nodes.map(({ id }) => id)).toEqual(before.accounts.nodes.map(({ id }) => id));
    const { deleteConsent } = await t.client.run<{ deleteConsent: { receipt: { bankRevocation: string } } }>(
      `mutation ($id: ID!) { deleteConsent(input: { consentId: $id }) { receipt { bankRevocation } } }`,
      { id: consentId },
    );
    expect(deleteConsent.receipt.bankRevocation).toBe("DONE");
  });
});
