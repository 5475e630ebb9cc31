import { listOf, meaningOf, rowOf } from "../kit/wire.ts";

/** Lines of 2.x end here, also in the middle of a name. */
const FULL_LINE = 35;
const ADDRESS_LINE = /\d|^(ul|al|aleja|aleje|pl|plac|os|osiedle|skr)[.\s]/i;

export interface NameAddress {
  /** One for each person or firm named. */
  readonly names: readonly string[];
  readonly address: readonly string[];
}

/**
 * `nameAddress.value`: one to four lines without any structure. What comes before the first line that looks like an address is names; one that fills
 * its line goes on in the next. `whole`: the lines together are one name, as those of a firm are.
 */
export function nameAddress(value: unknown, whole = false): NameAddress {
  const lines = listOf(rowOf(value)?.["value"] ?? value).map(meaningOf).filter((line) => line !== null); // prettier-ignore
  const first = lines.findIndex((line, index) => index > 0 && ADDRESS_LINE.test(line));
  const said = first < 0 ? lines : lines.slice(0, first);
  const names: string[] = [];
  let open = false;
  for (const line of said) {
    const last = names.length - 1;
    if (last >= 0 && (whole || open)) names[last] = `${names[last] ?? ""} ${line}`;
    else names.push(line);
    open = line.length >= FULL_LINE;
  }
  return { names, address: first < 0 ? [] : lines.slice(first) };
}

/** The other side of a transaction is one person or firm. */
export function partyName(value: unknown): string | null {
  return nameAddress(value).names[0] ?? null;
}
