import { CARD_CODE, ABROAD, ONLINE, RESTAURANTS } from "./shops.ts";
import { divideByRate } from "./money.ts";
import { MonthWriter, monthlySource } from "./month-writer.ts";
import type { TransactionSource } from "./model.ts";
import { between, pick } from "./random.ts";
import { monthText, startOfMonth, utcDate } from "./calendar.ts";

export interface CardSeed {
  readonly accountId: string;
  readonly maskedPan: string;
  readonly firstMonth: number;
}

/** A credit card: purchases at home and abroad, paid off on the 5th of the next month by the current account. */
export function cardSource(seed: CardSeed): TransactionSource {
  return monthlySource(seed.accountId, seed.firstMonth, (month) => {
    writePurchases(seed, month);
    const due = month.month > seed.firstMonth ? cardBill(seed, month.month - 1) : 0n;
    if (due > 0n) {
      const remittance = [`Kreditkartenabrechnung ${monthText(month.month - 1)}`];
      month.add({ day: 5, hour: 5, amount: due, code: "PMNT-RDDT-ESDD", proprietaryCode: "SETTLEMENT", remittance });
    }
  });
}

/** What the card's purchases of a month add up to; the settlement on both accounts. Positive. */
export function cardBill(seed: CardSeed, month: number): bigint {
  const writer = new MonthWriter(seed.accountId, month);
  writePurchases(seed, writer);
  return writer.rows.reduce((sum, row) => sum - row.amount, 0n);
}

function writePurchases(seed: CardSeed, month: MonthWriter): void {
  const { random } = month;
  for (let day = between(random, 1, 4); day <= 28; day += between(random, 3, 6)) {
    const shop = pick(random, day % 2 === 0 ? ONLINE : RESTAURANTS);
    const card = { maskedPan: seed.maskedPan, merchantCategory: shop.category, town: "BERLIN", country: "DE" };
    const amount = -BigInt(between(random, 890, 8990));
    month.add({
      day,
      hour: 18,
      minute: day,
      pendingDays: between(random, 1, 4),
      amount,
      code: CARD_CODE,
      proprietaryCode: "PURCHASE",
      party: { name: shop.name },
      card,
      remittance: [shop.name],
    });
  }
  for (const day of [9, 22]) {
    const shop = pick(random, ABROAD);
    const original = BigInt(between(random, 1500, 240000));
    const rate = pick(random, shop.rates);
    const quotationDate = utcDate(startOfMonth(month.month) + (day - 1) * 86_400_000);
    month.add({
      day,
      hour: 14,
      pendingDays: between(random, 2, 4),
      amount: -divideByRate(original, rate),
      code: CARD_CODE,
      proprietaryCode: "PURCHASE",
      party: { name: shop.name },
      card: { maskedPan: seed.maskedPan, merchantCategory: shop.category, town: shop.town, country: shop.country },
      exchange: { currency: shop.currency, amount: original, rate, quotationDate },
      remittance: [shop.name, `${shop.town} ${shop.country}`],
    });
  }
}
