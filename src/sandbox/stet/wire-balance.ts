import { localDate } from "../ledger/calendar.ts";
import type { BankContext } from "./context.ts";
import type { OpenAccount } from "./gate.ts";
import { rowsOfMonth } from "./transaction-selection.ts";
import { wireAmount, wireDay } from "./wire-values.ts";

/** Cash accounts: accounting and instant balance. Cards have no accounting balance: the sum of what they bought, OTHR. */
export function wireBalances(context: BankContext, { book, month }: OpenAccount): Record<string, unknown>[] {
  const { settings, ledger } = context;
  const { version, timeZone } = settings;
  const at = ledger.clock.nowMs();
  const { booked, expected, last } = book.balance(at);
  const { currency } = book.account;
  const day = localDate(at, timeZone);
  const balance = (name: string, amount: bigint, balanceType: string): Record<string, unknown> => ({
    name,
    balanceAmount: wireAmount(amount, currency, version),
    balanceType,
    referenceDate: wireDay(day, version, timeZone),
  });
  if (month !== undefined) {
    const sum = rowsOfMonth(book, month, at).reduce((total, row) => total + row.amount, 0n);
    return [balance("Encours du mois", sum, "OTHR")];
  }
  if (book.account.kind === "card")
    return [
      balance("Encours", booked, "OTHR"),
      ...(expected === booked ? [] : [balance("Encours, opérations en cours comprises", expected, "OTHR")]),
    ];
  const accounting = balance(`Solde comptable au ${day.split("-").reverse().join("/")}`, booked, "CLBD");
  return [
    { ...accounting, ...(last ? { lastCommittedTransaction: last.transaction.reference } : {}) },
    { ...balance("Solde instantané", expected, "XPCD"), lastChangeDateTime: new Date(at).toISOString() },
  ];
}
