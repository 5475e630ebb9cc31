import { DAY, utcDate } from "./calendar.ts";
import { creditorReference } from "./iban.ts";
import type { LedgerTransaction, TransactionSource } from "./model.ts";
import { hash32 } from "./random.ts";

export interface BusinessSeed {
  readonly accountId: string;
  /** Booked entries at `start`, all before that day; from the next day on new ones keep coming at the same rate. */
  readonly count: number;
  readonly historyDays: number;
  readonly start: number;
}

/** A shop's account with very many entries, evenly spread; each is made from its number alone, so 20,000 take milliseconds. */
export function businessSource(seed: BusinessSeed): TransactionSource {
  const step = Math.floor((seed.historyDays * DAY) / seed.count);
  const today = Math.floor(seed.start / DAY) * DAY;
  const first = today - seed.historyDays * DAY;
  const timeOf = (number: number) => (number < seed.count ? first + number * step : today + DAY + (number - seed.count) * step);
  let next = 0;
  return (until) => {
    const rows: LedgerTransaction[] = [];
    for (; timeOf(next) < until; next += 1) rows.push(entry(seed.accountId, next, daytime(timeOf(next))));
    return rows;
  };
}

/** Keeps the day, squeezes the hour into 04:00–20:00 UTC so that every European zone agrees on the day. The order stays. */
function daytime(instant: number): number {
  const midnight = Math.floor(instant / DAY) * DAY;
  return midnight + 4 * 3_600_000 + Math.floor(((instant - midnight) * 2) / 3);
}

function entry(account: string, number: number, at: number): LedgerTransaction {
  const mix = hash32(`${account}#${number}`);
  const serial = String(number + 1).padStart(7, "0");
  const base = {
    id: `B${serial}`,
    reference: `BK-${serial}`,
    enteredAt: at,
    bookedAt: at,
    valueDate: utcDate(at),
    endToEndId: `ORD-${serial}`,
  };
  if (mix % 11 === 0) {
    const amount = -BigInt(5_000 + (mix % 90_000));
    return {
      ...base,
      amount,
      code: "PMNT-ICDT-ESCT",
      party: { name: `Lieferant ${mix % 97} KG`, iban: "DE02370502990000684712" },
      structuredReference: creditorReference(serial),
      remittance: [],
    };
  }
  const amount = BigInt(199 + (mix % 12_000));
  return { ...base, amount, code: "PMNT-RCDT-ESCT", party: { name: `Kunde ${mix % 4999}` }, remittance: [`Bestellung ${serial}`] };
}
