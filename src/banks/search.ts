import type { Bank } from "../domain/bank.ts";
import type { BankHit } from "./directory.ts";
import { fold, foldCode, loosely } from "./fold.ts";

/** A bank with everything a search compares, folded once. */
export interface Findable {
  readonly bank: Bank;
  /** Its place in name order; short enough to travel in a cursor. */
  readonly order: string;
  readonly name: Name;
  readonly looseName: Name;
  /** All BICs and national codes. */
  readonly codes: readonly string[];
  readonly id: string;
  /** All of the above in one text: what is not in it need not be looked for one by one. */
  readonly all: string;
}

interface Name {
  readonly text: string;
  /** A space before every word: what begins a word is found by one `includes`. */
  readonly spaced: string;
  readonly unspaced: string;
}

interface Wanted extends Name {
  readonly words: readonly string[];
}

const ORDER_LENGTH = 40;

/** The banks in name order, ready to be searched. */
export function findables(banks: readonly Bank[]): readonly Findable[] {
  return banks.map(findable).sort((a, b) => compare(a.order, b.order) || compare(a.bank.id, b.bank.id));
}

function findable(bank: Bank): Findable {
  const name = fold(bank.name);
  const codes = [bank.bic, bank.nationalBankCode, ...(bank.otherBics ?? []), ...(bank.otherNationalBankCodes ?? [])];
  const parts = {
    bank,
    order: [...name].slice(0, ORDER_LENGTH).join(""),
    name: nameOf(name),
    looseName: nameOf(loosely(name)),
    codes: codes.flatMap((code) => (code == null ? [] : [foldCode(code)])),
    id: fold(bank.id),
  };
  const names = [parts.name, parts.looseName].flatMap(({ text, unspaced }) => [text, unspaced]);
  return { ...parts, all: [...new Set(names), ...parts.codes, parts.id].join("\n") };
}

function nameOf(text: string): Name {
  return { text, spaced: ` ${text}`, unspaced: text.replaceAll(" ", "") };
}

/** How many ranks {@link rankOfName} knows, and where the one of codes that begin so stands among them. */
const RANKS = 5;
const CODE_BEGINS = 3;

/**
 * Best first: the exact code or id; then by name as it is written: the whole name, its beginning, every word begins a word of it (a code
 * that begins so ranks here too), contained; then the same with umlauts written out or left out. In each rank banks that can be
 * connected to come first, then names in order. An empty search finds all, in name order.
 */
export function rank(banks: readonly Findable[], search: string): readonly BankHit[] {
  const text = fold(search);
  if (text === "") return banks.map(({ bank, order }) => ({ bank, key: order }));
  const code = foldCode(search);
  const [plain, loose] = [wantedOf(text), wantedOf(loosely(text))];
  const beginnings = [...new Set([plain.words[0] ?? "", loose.words[0] ?? "", code])];
  const ranks: Findable[][] = Array.from({ length: 4 * (RANKS + 1) }, () => []);
  for (const bank of banks) {
    if (!beginnings.some((beginning) => bank.all.includes(beginning))) continue;
    const found = rankOf(bank, text, code, plain, loose);
    if (found !== null) ranks[2 * found + (bank.bank.connection ? 0 : 1)]?.push(bank);
  }
  return ranks.flatMap((found, index) => {
    const prefix = String(index).padStart(2, "0");
    return found.map(({ bank, order }) => ({ bank, key: prefix + order }));
  });
}

function wantedOf(text: string): Wanted {
  return { ...nameOf(text), words: text.split(" ") };
}

function rankOf(bank: Findable, text: string, code: string, plain: Wanted, loose: Wanted): number | null {
  if (bank.id === text || bank.codes.includes(code)) return 0;
  const byName = rankOfName(bank.name, plain, bank.codes);
  const byCode = bank.codes.some((one) => one.startsWith(code)) ? CODE_BEGINS : null;
  if (byName !== null || byCode !== null) return 1 + Math.min(byName ?? RANKS, byCode ?? RANKS);
  const loosely = rankOfName(bank.looseName, loose, bank.codes);
  return loosely === null ? null : 1 + RANKS + loosely;
}

function rankOfName(name: Name, wanted: Wanted, codes: readonly string[]): number | null {
  if (name.text === wanted.text) return 0;
  if (name.text.startsWith(wanted.text)) return 1;
  if (wanted.words.every((word) => name.spaced.includes(` ${word}`))) return 2;
  if (name.unspaced.includes(wanted.unspaced)) return 4;
  const within = (word: string): boolean => name.text.includes(word) || codes.some((code) => code.includes(word));
  return wanted.words.every(within) ? 4 : null;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
