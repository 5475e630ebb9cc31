import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UkOpenBankingBankOptions } from "../../src/sandbox/uk-open-banking/options.ts";
import { startUkOpenBankingBank } from "../../src/sandbox/uk-open-banking/bank.ts";
import { approve, startTestHub, type TestHub } from "../hub.ts";

const flows: readonly (readonly [string, UkOpenBankingBankOptions])[] = [
  ["4.0 with the hybrid flow and private_key_jwt", {}],
  ["3.1.11 with pushed requests and a client secret", { version: "3.1", flow: "par", auth: { method: "client_secret_post" } }],
];

interface Shown {
  readonly consent: {
    readonly status: string;
    readonly statusReason: string | null;
    readonly validUntil: string | null;
    readonly accounts: {
      readonly nodes: readonly {
        readonly id: string;
        readonly iban: string | null;
        readonly transactions: { readonly totalCount: number; readonly nodes: readonly { readonly id: string; readonly status: string }[] };
      }[];
    };
  };
}
const SHOW = `query ($id: ID!) { consent(id: $id) { status statusReason validUntil
  accounts { nodes { id iban transactions(first: 300) { totalCount nodes { id status } } } } } }`;
const CREATE_USER = `mutation { createUser(input: {}) { user { id } } }`;
const CREATE = `mutation ($input: CreateConsentInput!) { createConsent(input: $input) { consent { id authorizationUrl } } }`;
const RENEW = `mutation ($id: ID!) { renewConsent(input: { consentId: $id }) { consent { authorizationUrl } errors { message } } }`;

describe.each(flows)("a consent's life at a bank that speaks %s", (_name, options) => {
  let t: TestHub;
  beforeAll(async () => {
    t = await startTestHub({ startBank: () => startUkOpenBankingBank({ businessCount: 1, ...options }) });
  });
  afterAll(() => t[Symbol.asyncDispose]());

  const show = async (id: string) => (await t.client.run<Shown>(SHOW, { id })).consent;
  const rowsOf = (consent: Shown["consent"]) =>
    new Map(consent.accounts.nodes.flatMap((a) => a.transactions.nodes.map((r) => [r.id, r.status])));
  const oneConsentAtTheBank = () => new Set(t.bank.admin.requests("consent-status").map(({ path }) => path)).size;

  async function renew(id: string) {
    const { renewConsent } = await t.client.run<{ renewConsent: { consent: { authorizationUrl: string }; errors: unknown[] } }>(RENEW, {
      id,
    });
    expect(renewConsent.errors).toEqual([]);
    return renewConsent.consent.authorizationUrl;
  }

  it("is given, read whole, refreshed, booked on and kept over a renewal", async () => {
    const { consentId, userId, landing } = await t.givenConsent();
    expect(Object.fromEntries(landing.searchParams)).toEqual({ consentId, status: "GIVEN" });
    expect((await t.update(consentId)).at(-1)).toMatchObject({ status: "COMPLETED" });
    const first = await show(consentId);
    const truth = t.bank.admin.truth("demo").accounts;
    expect(first.accounts.nodes.map(({ iban }) => iban).sort()).toEqual(truth.map(({ iban }) => iban).sort());
    for (const { iban, transactions } of first.accounts.nodes) {
      const served = truth.find((account) => account.iban === iban)?.transactions ?? [];
      const oldest = new Date(t.bank.clock.nowMs() - 730 * 86_400_000).toISOString().slice(0, 10);
      expect(transactions.totalCount).toBe(served.filter((row) => (row.bookingDate ?? row.enteredAt) >= oldest).length);
    }
    type People = { user: { identities: readonly { fullName: string; emails: readonly string[] }[] } };
    const { user } = await t.client.run<People>(`query ($id: ID!) { user(by: { id: $id }) { identities { fullName emails } } }`, {
      id: userId,
    });
    expect(user.identities).toEqual([{ fullName: "Demo Muster", emails: ["demo.muster@example.com"] }]);
    const pending = [...rowsOf(first)].filter(([, status]) => status === "PENDING").map(([id]) => id);
    expect(pending.length).toBeGreaterThan(0);

    // Four days on the access token is long dead and all that was pending is booked, under the ids that clients know.
    await t.advance("P4D");
    t.bank.admin.clearRequests();
    expect((await t.update(consentId)).at(-1)).toMatchObject({ status: "COMPLETED" });
    expect(t.bank.admin.requests("token").length).toBeGreaterThan(0);
    const second = rowsOf(await show(consentId));
    expect(pending.map((id) => second.get(id))).toEqual(pending.map(() => "BOOKED"));

    // The end that was asked for is still as far away as a new consent's would be, but for four days: the bank is asked for a new one.
    const before = await show(consentId);
    t.bank.admin.clearRequests();
    expect((await approve(await renew(consentId), "demo")).searchParams.get("status")).toBe("GIVEN");
    const after = await show(consentId);
    expect(t.bank.admin.requests("consent-create")).toHaveLength(1);
    expect(Date.parse(after.validUntil ?? "")).toBeGreaterThan(Date.parse(before.validUntil ?? ""));
    expect((await t.update(consentId)).at(-1)).toMatchObject({ status: "COMPLETED" });
    expect(new Set(rowsOf(await show(consentId)).keys())).toEqual(new Set(second.keys()));

    // At once again nothing has changed: the person authenticates once more for the same ConsentId, and saying no changes nothing.
    t.bank.admin.clearRequests();
    expect((await approve(await renew(consentId), "demo", "refuse")).searchParams.get("error")).toBe("USER_DENIED");
    expect((await show(consentId)).status).toBe("GIVEN");
    expect((await approve(await renew(consentId), "demo")).searchParams.get("status")).toBe("GIVEN");
    expect([t.bank.admin.requests("consent-create").length, oneConsentAtTheBank()]).toEqual([0, 1]);
    expect((await t.update(consentId)).at(-1)).toMatchObject({ status: "COMPLETED" });
    expect(t.bank.admin.requests("consent-delete")).toEqual([]);
  });

  it("is rejected when the person says no", async () => {
    const { createUser } = await t.client.run<{ createUser: { user: { id: string } } }>(CREATE_USER);
    const input = {
      user: { id: createUser.user.id },
      bank: { ref: { bankId: t.bank.id, bankIdType: "HUB" } },
      redirectUrl: "http://127.0.0.1:9/bank/return",
    };
    type Created = { createConsent: { consent: { id: string; authorizationUrl: string } } };
    const { id, authorizationUrl } = (await t.client.run<Created>(CREATE, { input })).createConsent.consent;
    expect((await approve(authorizationUrl, "demo", "refuse")).searchParams.get("status")).toBe("REJECTED");
    expect(await show(id)).toMatchObject({ status: "REJECTED", statusReason: "USER_DENIED" });
  });

  it("is REVOKED once the person ends it at the bank, whose words for that differ by version, and revived by a renewal", async () => {
    const { consentId } = await t.givenConsent({ login: "anna" });
    expect((await t.update(consentId)).at(-1)).toMatchObject({ status: "COMPLETED" });
    const atBank = t.bank.admin.requests("consent-status").at(-1)?.path.split("/").at(-1) ?? "";
    expect(t.bank.admin.revoke(decodeURIComponent(atBank))).toBe(true);
    expect((await t.update(consentId)).at(-1)).toMatchObject({ status: "FAILED" });
    expect(["REVOKED", "EXPIRED"]).toContain((await show(consentId)).status);
    expect((await approve(await renew(consentId), "anna")).searchParams.get("status")).toBe("GIVEN");
    expect((await t.update(consentId)).at(-1)).toMatchObject({ status: "COMPLETED" });
  });

  it("is deleted at the bank with everything here", async () => {
    const { consentId } = await t.givenConsent({ login: "empty" });
    const ended = `mutation ($id: ID!) { deleteConsent(input: { consentId: $id }) { receipt { bankRevocation } } }`;
    const { deleteConsent } = await t.client.run<{ deleteConsent: { receipt: { bankRevocation: string } } }>(ended, { id: consentId });
    expect(deleteConsent.receipt.bankRevocation).toBe("DONE");
    expect(t.bank.admin.requests("consent-delete").map(({ status }) => status)).toEqual([204]);
  });
});
