import { monthlySource } from "./month-writer.ts";
import type { Party, TransactionSource } from "./model.ts";
import { between } from "./random.ts";

/** Monthly saving rate from the current account and quarterly interest. */
export function savingsSource(accountId: string, from: Party, firstMonth: number): TransactionSource {
  return monthlySource(accountId, firstMonth, (month) => {
    month.add({
      day: 28,
      hour: 6,
      amount: 30_000n,
      code: "PMNT-RCDT-BOOK",
      party: from,
      endToEndId: `SPAR-${month.text}`,
      remittance: ["Sparrate"],
    });
    if (month.month % 3 === 2)
      month.add({
        day: 31,
        hour: 5,
        amount: BigInt(between(month.random, 1200, 3400)),
        code: "ACMT-MCOP-INTR",
        remittance: ["Habenzinsen", month.text],
      });
  });
}

/** A foreign-currency account: a retainer in, subscriptions out. */
export function dollarSource(accountId: string, firstMonth: number): TransactionSource {
  return monthlySource(accountId, firstMonth, (month) => {
    const client: Party = { name: "ACME HOLDINGS LLC", bic: "CHASUS33XXX" };
    month.add({
      day: 3,
      hour: 14,
      amount: 85_000n,
      code: "PMNT-RCDT-XBCT",
      party: client,
      endToEndId: `INV-${month.text}-7`,
      remittance: [`INVOICE ${month.text}-7`, "CONSULTING"],
    });
    month.add({
      day: 8,
      hour: 15,
      pendingDays: 2,
      amount: -2_999n,
      code: "PMNT-CCRD-POSD",
      party: { name: "STREAMING INC" },
      remittance: ["STREAMING INC SUBSCRIPTION"],
    });
    month.add({
      day: 16,
      hour: 13,
      amount: -BigInt(between(month.random, 10_000, 60_000)),
      code: "PMNT-ICDT-XBCT",
      party: { name: "PACIFIC REALTY CORP" },
      endToEndId: `PRC-${month.text}`,
      remittance: ["STORAGE UNIT 7"],
    });
  });
}
