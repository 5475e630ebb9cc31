import { expect, it } from "vitest";
import { startTestHub } from "../hub.ts";
import { addDays, dayIn } from "../../src/domain/time.ts";

const ROWS = `query ($id: ID!) { consent(id: $id) { accounts { nodes { iban transactions(first: 500) { nodes { amount { amount } status } } } } } }`;

interface Rows {
  readonly consent: {
    accounts: {
      nodes: readonly { iban: string | null; transactions: { nodes: readonly { amount: { amount: string }; status: string }[] } }[];
    };
  };
}

it("a bank that lists transactions as camt.052 only is read to the last row, pending ones and cards too", async () => {
  const days = 120;
  await using t = await startTestHub({
    bank: { transactionFormats: ["camt.052"], camtVersion: "02", businessCount: 1, maxHistoryDays: days },
  });
  const { consentId } = await t.givenConsent();
  expect((await t.update(consentId)).at(-1)).toMatchObject({ status: "COMPLETED" });
  const { consent } = await t.client.run<Rows>(ROWS, { id: consentId });
  const truth = t.bank.admin.truth("demo");
  const oldest = addDays(dayIn("Europe/Berlin", Date.parse(truth.now)), -days);
  const amounts = (rows: readonly string[]) => rows.toSorted();
  for (const account of truth.accounts) {
    const read = consent.accounts.nodes.find(({ iban }) => iban === (account.iban ?? null))?.transactions.nodes ?? [];
    const served = account.transactions.filter((row) => (row.bookingDate ?? row.valueDate) >= oldest);
    expect(served.length).toBeGreaterThan(0);
    expect(amounts(read.map(({ amount }) => amount.amount))).toEqual(amounts(served.map(({ amount }) => amount)));
  }
  expect(consent.accounts.nodes.some(({ transactions }) => transactions.nodes.some(({ status }) => status === "PENDING"))).toBe(true);
  const accepted = t.bank.admin.requests("transactions").filter(({ status }) => status === 200);
  expect(new Set(accepted.map(({ headers }) => headers["accept"]))).toEqual(new Set(["application/xml"]));
});
