import type { TransactionFacts } from "../domain/transaction.ts";

/** Letters that Unicode does not take apart into a base letter and a mark. */
const WHOLE: Readonly<Record<string, string>> = { ł: "l", ø: "o", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", ı: "i", ħ: "h" };
const PLAIN = /^[\u0020-\u007e]*$/;

/** The form in which texts are searched: lower case, without accents. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (PLAIN.test(lower)) return lower;
  return lower
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replace(/[łøđðþßæœıħ]/g, (letter) => WHOLE[letter] ?? letter);
}

/** The words of a search, each of which must occur. */
export function searchWords(search: string): readonly string[] {
  return fold(search).split(/\s+/).filter(Boolean);
}

/** All that a search looks at in one text; a line end keeps words of two fields apart. */
export function searchText(row: Pick<TransactionFacts, "description" | "counterpartyName" | "remittance" | "structuredReference">): string {
  const parts = new Set([row.description, row.counterpartyName, ...row.remittance, row.structuredReference]);
  let text = "";
  for (const part of parts) if (part) text += text === "" ? part : `\n${part}`;
  return fold(text);
}
