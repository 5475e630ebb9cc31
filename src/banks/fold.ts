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

/** Folded text in which `Münster`, `Muenster` and `Munster` are one: an umlaut is also written with an e behind the vowel. */
export function loosely(folded: string): string {
  return folded.replace(/([aou])e/g, "$1");
}

/** A BIC or bank code as it is compared: `deut de ff xxx` is `deutdeff`, for XXX names the head office, which eight characters name too (ISO 9362). */
export function foldCode(text: string): string {
  return fold(text)
    .replaceAll(" ", "")
    .replace(/^([a-z0-9]{8})xxx$/, "$1");
}
