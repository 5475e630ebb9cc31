import { afterAll, beforeAll, expect, it } from "vitest";
import { addDays, dayIn } from "../../src/domain/time.ts";
import { startPolishApiBank } from "../../src/sandbox/polish-api/bank.ts";
import { approve, startTestHub, type TestHub } from "../hub.ts";

interface Row {
  readonly id: string;
  readonly status: string;
  readonly description: string;
}
interface Consent {
  readonly status: string;
  readonly statusReason: string | null;
  readonly validUntil: string | null;
  readonly accounts: { readonly nodes: readonly { iban: string | null; name: string; currency: string; transactions: { totalCount: number; nodes: readonly Row[] } }[] };
  readonly user: { readonly identities: readonly { fullName: string; addresses: readonly string[] }[] };
} // prettier-ignore

const CONSENT = `query ($id: ID!) { consent(id: $id) { status statusReason validUntil user { identities { fullName addresses } }
  accounts { nodes { iban name currency transactions(first: 200) { totalCount nodes { id status description } } } } } }`;
const RENEW = `mutation ($id: ID!) { renewConsent(input: { consentId: $id }) { consent { authorizationUrl } errors { message } } }`;

let t: TestHub;
let consentId: string;
beforeAll(async () => {
  t = await startTestHub({ startBank: () => startPolishApiBank({ businessCount: 1 }) });
  ({ consentId } = await t.givenConsent());
});
afterAll(() => t[Symbol.asyncDispose]());

const consent = async () => (await t.client.run<{ consent: Consent }>(CONSENT, { id: consentId })).consent;
const rows = async () => (await consent()).accounts.nodes.flatMap(({ transactions }) => transactions.nodes);

it("takes all that a PolishAPI bank gives, of every list, with holders and balances", async () => {
  expect((await t.update(consentId)).at(-1)).toMatchObject({ status: "COMPLETED" });
  const truth = t.bank.admin.truth("demo");
  const oldest = addDays(dayIn("Europe/Warsaw", Date.parse(truth.now)), -730);
  const served = truth.accounts.map(
    ({ transactions }) => transactions.filter((row) => (row.bookingDate ?? row.valueDate) >= oldest).length,
  );
  const { status, validUntil, accounts, user } = await consent();
  expect([status, validUntil === null]).toEqual(["GIVEN", false]);
  expect(accounts.nodes.map(({ transactions }) => transactions.totalCount).sort()).toEqual(served.sort());
  const named = accounts.nodes.map(({ iban, currency }) => `${iban?.slice(0, 2) ?? "card"} ${currency}`).sort();
  expect(named).toEqual(["PL PLN", "PL PLN", "PL USD", "card PLN"]);
  expect(user.identities).toEqual([{ fullName: "Demo Muster", addresses: ["ul. Testowa 1/2, 00-001 Warszawa"] }]);
});

it("asks for the new window only, with fresh tokens, and a hold that is booked under another id stays the row it was", async () => {
  const open = new Map((await rows()).filter(({ status }) => status === "PENDING").map((row) => [row.id, row]));
  for (let day = 0; open.size === 0 && day < 6; day += 1) {
    await t.advance("P1D");
    await t.update(consentId);
    for (const row of await rows()) if (row.status === "PENDING") open.set(row.id, row);
  }
  expect(open.size).toBeGreaterThan(0);
  t.bank.admin.clearRequests();
  await t.advance("P9D"); // longer than any entry stays pending
  expect((await t.update(consentId)).at(-1)).toMatchObject({ status: "COMPLETED", progress: { removed: 0 } });
  const windows = t.bank.admin.requests("transactions").map(({ query }) => query["bookingDateFrom"] ?? "");
  expect(windows.every((from) => from > addDays(dayIn("Europe/Warsaw", t.bank.clock.nowMs()), -89))).toBe(true);
  expect(t.bank.admin.requests("token").map(({ query, status }) => [query["grant_type"], status])).toEqual([["refresh_token", 200]]);
  const after = new Map((await rows()).map((row) => [row.id, row]));
  for (const { id, description } of open.values()) expect(after.get(id)).toMatchObject({ id, description, status: "BOOKED" });
});

it("learns from the refusals that the person took the consent back, and goes on with all it has once they renew", async () => {
  const before = (await rows()).map(({ id }) => id).sort();
  t.bank.admin.setFault({ kind: "consent-revoked", operation: "transactions" });
  expect((await t.update(consentId)).at(-1)?.status).toBe("PARTIALLY_COMPLETED"); // the accounts were read
  expect(await consent()).toMatchObject({ status: "REVOKED", statusReason: "REVOKED_AT_BANK" });
  const { renewConsent } = await t.client.run<{ renewConsent: { consent: { authorizationUrl: string }; errors: unknown[] } }>(RENEW, {
    id: consentId,
  });
  expect(renewConsent.errors).toEqual([]);
  expect((await approve(renewConsent.consent.authorizationUrl, "demo")).searchParams.get("status")).toBe("GIVEN");
  expect((await t.update(consentId)).at(-1)).toMatchObject({ status: "COMPLETED", progress: { added: 0, removed: 0 } });
  expect((await rows()).map(({ id }) => id).sort()).toEqual(before);
});

it("says REJECTED where the person refuses", async () => {
  const { renewConsent } = await t.client.run<{ renewConsent: { consent: { authorizationUrl: string } } }>(RENEW, { id: consentId });
  const landing = await approve(renewConsent.consent.authorizationUrl, "demo", "refuse");
  expect(landing.searchParams.get("consentId")).toBe(consentId);
  expect((await consent()).status).toBe("GIVEN"); // a renewal that was refused changes nothing
});

it("ends the consent at the bank with deleteConsent, and leaves nothing", async () => {
  t.bank.admin.clearRequests();
  const { deleteConsent } = await t.client.run<{ deleteConsent: { receipt: { bankRevocation: string; accounts: number } } }>(
    `mutation ($id: ID!) { deleteConsent(input: { consentId: $id }) { receipt { bankRevocation accounts } } }`,
    { id: consentId },
  );
  expect(deleteConsent.receipt).toEqual({ bankRevocation: "DONE", accounts: 4 });
  expect(t.bank.admin.requests("consent-delete").map(({ status }) => status)).toEqual([204]);
});
