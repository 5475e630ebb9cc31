import type { Call } from "../http-message.ts";

export type Row = Record<string, unknown>;

/** Where things are in a standard's transaction list, so that one set of faults serves every standard. */
export interface WireShape {
  /** The lists of rows in a parsed body, by status. Absent: the body is no transaction list. */
  lists(body: Row): { readonly booked: Row[]; readonly pending: Row[] } | undefined;
  /** Puts changed lists back, where `lists` had to take one list apart. */
  restore?(body: Row, lists: { readonly booked: readonly Row[]; readonly pending: readonly Row[] }): void;
  /** The object that holds `next`, made if need be. */
  links(body: Row): Row;
  /** What stands in `links.next`, from a URL. */
  nextLink(href: string): unknown;
  /** The URL in `links.next`. */
  hrefOf(next: unknown): string | undefined;
  /** The same link, but `rows` rows further back. */
  shifted(href: string, rows: number): string;
  readonly idFields: readonly string[];
  readonly referenceField: string;
  readonly dateFields: readonly string[];
  /** The object and key that hold a row's amount. */
  amount(row: Row): { readonly holder: Row; readonly key: string };
  /** The key of {@link links} that names the next page. @default "next" */
  readonly nextKey?: string;
  /** What leads to the page of this request once more, where pages are no URLs. @default the request's path and query */
  here?(call: Call): string;
  /** The same page under another name, where pages are no URLs. @default one more query parameter */
  marked?(href: string, name: string, value: number): string;
  /** A field with an enumeration, for `unknown-enum`. */
  readonly enumField: string;
  /** Fields that may be null or missing, for `null-fields`. @default Berlin Group's names and texts */
  readonly optionalFields?: readonly string[];
  /** The text of a row, for `history-rewritten`. @default "remittanceInformationUnstructured" */
  readonly textField?: string;
}
