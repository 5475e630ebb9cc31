import type { Bank } from "../domain/bank.ts";

/** A bank with everything a search compares, folded once. */
export interface Findable {
  readonly bank: Bank;
  readonly name: string;
  readonly words: readonly string[];
  /** BIC and national code, folded. */
  readonly codes: readonly string[];
}

/** Letters that have no accent to take off, in the words of Latin-alphabet bank names. */
const PLAIN: Readonly<Record<string, string>> = { ł: "l", ø: "o", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", ı: "i" };

/** Without case and accents; anything but letters and digits is one space. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[łøđðþßæœı]/g, (letter) => PLAIN[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

export function findable(bank: Bank): Findable {
  const name = fold(bank.name);
  const codes = [bank.bic, bank.nationalBankCode, bank.id].flatMap((code) => (code === null ? [] : [fold(code)]));
  return { bank, name, words: name.split(" "), codes };
}

/**
 * Best first: exact code (a BIC of 8 is the head office's of 11), name begins so, every word begins a word of the name, name or code
 * contains it. Equal ranks keep the order given. An empty search finds all.
 */
export function rank(banks: readonly Findable[], search: string): readonly Findable[] {
  const wanted = fold(search);
  if (wanted === "") return banks;
  const words = wanted.split(" ");
  const ranks: Findable[][] = [[], [], [], []];
  for (const bank of banks) ranks[rankOf(bank, wanted, words) ?? ranks.length]?.push(bank);
  return ranks.flat();
}

function rankOf(bank: Findable, wanted: string, words: readonly string[]): number | null {
  if (bank.codes.some((code) => code === wanted || (code.length === 11 && code === `${wanted}xxx`))) return 0;
  if (bank.name.startsWith(wanted)) return 1;
  if (words.every((word) => bank.words.some((candidate) => candidate.startsWith(word)))) return 2;
  return bank.name.includes(wanted) || bank.codes.some((code) => code.includes(wanted)) ? 3 : null;
}
