import { monthText, startOfMonth, daysIn, utcDate } from "./calendar.ts";
import { cardBill, type CardSeed } from "./card-account.ts";
import { creditorReference } from "./iban.ts";
import { divideByRate } from "./money.ts";
import { monthlySource, type MonthWriter } from "./month-writer.ts";
import type { Party, TransactionSource } from "./model.ts";
import { between, pick } from "./random.ts";
import { CARD_CODE, GROCERS, RESTAURANTS } from "./shops.ts";

export interface CurrentSeed {
  readonly accountId: string;
  readonly holder: string;
  readonly salary: bigint;
  readonly rent: bigint;
  readonly debitCard: string;
  readonly savings?: Party;
  readonly creditCard?: CardSeed;
  readonly firstMonth: number;
}

export const LANDLORD: Party = { name: "Hausverwaltung Sonnenhof", iban: "DE02120300000000202051", bic: "BYLADEM1001" };
const EMPLOYER: Party = { name: "Beispiel Technik GmbH", iban: "DE02500105170137075030", bic: "INGDDEFFXXX" };

/** A household's current account: pay, rent, direct debits, cards. Something is entered on every day of the year. */
export function currentSource(seed: CurrentSeed): TransactionSource {
  return monthlySource(seed.accountId, seed.firstMonth, (month) => {
    writeIncomeAndRent(seed, month);
    writeDirectDebits(month);
    writeCards(seed, month);
    writeTransfers(seed, month);
  });
}

function writeIncomeAndRent(seed: CurrentSeed, month: MonthWriter): void {
  month.add({
    day: 27,
    hour: 5,
    amount: seed.salary,
    code: "PMNT-RCDT-SALA",
    party: EMPLOYER,
    endToEndId: `SAL-${month.text}-0815`,
    purpose: "SALA",
    remittance: [`Gehalt ${month.text}`, `Personalnr. 0815 ${seed.holder}`],
  });
  month.add({
    day: 1,
    hour: 6,
    amount: -seed.rent,
    code: "PMNT-ICDT-STDO",
    proprietaryCode: "117",
    party: LANDLORD,
    endToEndId: "NOTPROVIDED",
    purpose: "RENT",
    remittance: [`Miete ${month.text} Whg. 12`],
  });
}

function writeDirectDebits(month: MonthWriter): void {
  const debit = { code: "PMNT-RDDT-ESDD", proprietaryCode: "105" } as const;
  month.add({
    ...debit,
    day: 10,
    hour: 5,
    amount: -8640n,
    party: { name: "Stadtwerke Beispiel", iban: "DE02200505501015871393" },
    mandateId: "SWB-MND-2019-4711",
    creditorId: "DE98ZZZ09999999999",
    endToEndId: `SWB-${month.text}`,
    remittance: [`Abschlag Strom ${month.text}`],
  });
  month.add({
    ...debit,
    day: 12,
    hour: 5,
    amount: -3999n,
    party: { name: "Telefon AG" },
    mandateId: "TAG-000123",
    creditorId: "DE17ZZZ00000012345",
    endToEndId: `TAG${month.text.replace("-", "")}`,
    remittance: ["Rechnung Internet und Telefon", `Kundennummer 55501 / ${month.text}`],
  });
  if (month.month % 3 === 0) {
    const structuredReference = creditorReference(`VS${month.text.replace("-", "")}4242`);
    month.add({
      ...debit,
      day: 15,
      hour: 5,
      amount: -21450n,
      party: { name: "Allgemeine Versicherung VVaG", iban: "DE02300209000106531065" },
      mandateId: "AV-77-2020",
      creditorId: "DE44ZZZ00000077777",
      endToEndId: `AV-${month.text}`,
      structuredReference,
      remittance: [],
    });
  }
}

/** Coffee twice a day at one price: two entries that differ in nothing but their id, as real life has them. */
function writeCards(seed: CurrentSeed, month: MonthWriter): void {
  const { random } = month;
  const own = (merchantCategory: string) => ({ maskedPan: seed.debitCard, merchantCategory, town: "BERLIN", country: "DE" });
  const first = startOfMonth(month.month);
  for (let day = 1; day <= daysIn(month.month); day += 1) {
    const weekday = new Date(first + (day - 1) * 86_400_000).getUTCDay();
    const coffee = {
      day,
      amount: -320n,
      code: CARD_CODE,
      party: { name: "Kaffee Beispiel" },
      card: own("5814"),
      remittance: ["Kaffee Beispiel//BERLIN/DE"],
    };
    month.add({ ...coffee, hour: 7, pendingDays: 1 });
    if (weekday > 0 && weekday < 6) month.add({ ...coffee, hour: 12, pendingDays: 1 });
    if (day % 3 === month.month % 3) {
      const shop = pick(random, GROCERS);
      month.add({
        day,
        hour: 17,
        minute: 30,
        pendingDays: between(random, 1, 2),
        amount: -BigInt(between(random, 1480, 9820)),
        code: CARD_CODE,
        party: { name: shop.name },
        card: own(shop.category),
        remittance: [`${shop.name}//BERLIN/DE`],
      });
    }
    if (weekday === 5) {
      const place = pick(random, RESTAURANTS);
      month.add({
        day,
        hour: 19,
        minute: 45,
        pendingDays: between(random, 3, 4),
        amount: -BigInt(between(random, 2450, 7890)),
        code: CARD_CODE,
        party: { name: place.name },
        card: own(place.category),
        remittance: [`${place.name}//BERLIN/DE`],
      });
    }
  }
  const rate = pick(random, ["1.0829", "1.0912", "1.1043"]);
  const quotationDate = utcDate(first + 17 * 86_400_000);
  month.add({
    day: 18,
    hour: 15,
    pendingDays: 3,
    amount: -divideByRate(10_000n, rate),
    code: CARD_CODE,
    party: { name: "SHOP INC" },
    card: { ...own("5734"), town: "NEW YORK", country: "US" },
    exchange: { currency: "USD", amount: 10_000n, rate, quotationDate },
    remittance: ["Card purchase SHOP INC", `USD 100.00 rate ${rate}`],
  });
  month.add({
    day: 20,
    hour: 11,
    amount: -20_000n,
    code: "PMNT-CCRD-CWDL",
    proprietaryCode: "106",
    card: own("6011"),
    remittance: ["Bargeldauszahlung GA 0042 BERLIN"],
  });
}

function writeTransfers(seed: CurrentSeed, month: MonthWriter): void {
  const { random } = month;
  const friend: Party = { name: "Jonas Łukasiewicz", iban: "DE02100100100006820101", bic: "PBNKDEFFXXX" };
  month.add({
    day: between(random, 6, 25),
    hour: 13,
    amount: BigInt(between(random, 500, 4500)),
    code: "PMNT-RCDT-ESCT",
    party: friend,
    endToEndId: `E2E-${month.text}-${between(random, 1000, 9999)}`,
    remittance: ["Danke fürs Abendessen!"],
  });
  if (seed.savings)
    month.add({
      day: 28,
      hour: 6,
      amount: -30_000n,
      code: "PMNT-ICDT-BOOK",
      party: seed.savings,
      endToEndId: `SPAR-${month.text}`,
      remittance: ["Sparrate"],
    });
  const due = seed.creditCard && month.month > seed.firstMonth ? cardBill(seed.creditCard, month.month - 1) : 0n;
  if (due > 0n)
    month.add({
      day: 5,
      hour: 5,
      amount: -due,
      code: "PMNT-RDDT-ESDD",
      party: { name: "Sandbox Bank Kreditkarten" },
      mandateId: "KK-MND-1",
      creditorId: "DE55ZZZ00000055555",
      remittance: [`Kreditkartenabrechnung ${monthText(month.month - 1)}`],
    });
}
