/** Faults of the transport: the connection, the pace, the clock. */
export const TRANSPORT_FAULTS = ["delay", "hang", "connection-reset", "reset-mid-body", "drip", "clock-skew"] as const;
/** Answers that come in place of the right one. */
export const REPLACING_FAULTS = ["http-500", "http-502", "http-503", "http-504", "html-page", "empty-200", "no-content-204"] as const;
/** Faults of the bytes of an otherwise right answer. */
export const BODY_FAULTS = ["wrong-content-type", "broken-json", "truncated-json", "gzip-bomb", "false-gzip", "bom", "latin1"] as const;
/** Faults of paging: links and what the pages hold. */
export const PAGING_FAULTS = [
  "next-loop",
  "next-null",
  "next-empty",
  "next-string",
  "next-bare",
  "next-relative",
  "next-other-host",
  "endless-cursor",
  "same-page-again",
  "empty-page-with-next",
  "pages-overlap",
  "page-reordered",
  "page-duplicates",
] as const;
/** Faults of rows: ids, dates, amounts, fields. */
export const ROW_FAULTS = [
  "ids-missing",
  "ids-blank",
  "ids-reused",
  "ids-random",
  "ids-change-at-booking",
  "references-missing",
  "pending-without-date",
  "pending-vanishes",
  "amount-number",
  "amount-plus",
  "amount-comma",
  "amount-spaces",
  "amount-three-decimals",
  "amount-null",
  "amount-unsigned",
  "null-fields",
  "unknown-enum",
  "extra-fields",
  "bad-row",
  "history-shortened",
  "history-rewritten",
] as const;
/** Faults of the token endpoint (operation `token`). */
export const TOKEN_FAULTS = ["token-life-shorter", "token-answer-lost", "refresh-token-missing"] as const;
/** Faults of the redirect back (operation `authorize-resume`, or `sca-decision` without OAuth). */
export const REDIRECT_FAULTS = [
  "redirect-without-state",
  "redirect-wrong-state",
  "redirect-without-code",
  "redirect-code-replayed",
  "redirect-to-nok",
] as const;
/** Faults of the bank's own signature, at banks that sign their answers. */
export const SIGNATURE_FAULTS = ["signature-missing", "signature-wrong"] as const;
/** Refusals in the words of the bank's standard; each bank prints its own body. */
export const STANDARD_FAULTS = [
  "rate-limited",
  "error",
  "consent-expired",
  "consent-expired-403",
  "consent-invalid",
  "consent-unknown",
  "consent-revoked",
  "consent-status-slow",
  "token-expired",
  "token-invalid",
  "account-blocked",
  "account-unknown",
  "period-invalid",
  "booking-status-unsupported",
] as const;

export const FAULT_KINDS = [
  ...TRANSPORT_FAULTS,
  ...REPLACING_FAULTS,
  ...BODY_FAULTS,
  ...PAGING_FAULTS,
  ...ROW_FAULTS,
  ...TOKEN_FAULTS,
  ...REDIRECT_FAULTS,
  ...SIGNATURE_FAULTS,
  ...STANDARD_FAULTS,
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export function inGroup<const Group extends readonly FaultKind[]>(group: Group, kind: FaultKind): kind is Group[number] {
  return group.includes(kind);
}

export interface FaultParams {
  /** `delay`, `drip` (between chunks). @default 2000 / 50 */
  readonly ms?: number;
  /** `drip`: bytes a chunk. @default 16 */
  readonly bytes?: number;
  /** `gzip-bomb`: size when unpacked. @default 200 */
  readonly megabytes?: number;
  /** `html-page`, `error`. @default 200 / 400 */
  readonly status?: number;
  /** `error`: code in the standard's error body. */
  readonly code?: string;
  readonly text?: string;
  /** `rate-limited`: how Retry-After looks. `seconds` uses `seconds`. @default "seconds" */
  readonly retryAfter?: "seconds" | "date" | "absurd" | "absent";
  /** `rate-limited` (@default 30), `token-life-shorter` (@default 0). */
  readonly seconds?: number;
  /** `clock-skew` of the Date header. @default 10 */
  readonly minutes?: number;
  /** `history-shortened`: entries older than this are gone. @default 30 */
  readonly days?: number;
  /** `pages-overlap`, `page-duplicates`: rows. @default 3 */
  readonly rows?: number;
}

export interface FaultSpec {
  readonly kind: FaultKind;
  /** Regular expression on the path. */
  readonly path?: string;
  readonly method?: string;
  /** Name of the operation, e.g. `transactions`, `balances`, `accounts`, `consent-create`, `token`, `authorize-resume`. */
  readonly operation?: string;
  /** Internal id, IBAN, masked PAN or resource id of the account concerned. */
  readonly account?: string;
  /** Matching requests let through before the fault begins. @default 0 */
  readonly after?: number;
  /** Requests it hits; null = until cleared. @default 1 */
  readonly count?: number | null;
  readonly params?: FaultParams;
}

export interface Fault extends FaultSpec {
  readonly id: string;
  skipped: number;
  hits: number;
}
