import {
  ACCOUNT_UNAVAILABLE,
  BAD_REQUEST,
  BANK_DOWN,
  CONSENT_INVALID,
  NOT_SUPPORTED,
  PERIOD_REFUSED,
  TOKEN_EXPIRED,
  TPP_REFUSED,
  type Verdict,
} from "../kit/verdicts.ts";
import type { Operation } from "./profile.ts";

/** The person must authenticate again with the same ConsentId: the consent lives, but not for this call. */
export const REAUTHENTICATE: Verdict = { failure: "SCA_REQUIRED", code: "CONSENT_INVALID" };
const REVOKED: Verdict = { failure: "CONSENT_INVALID", code: "CONSENT_REVOKED" };

/** Where the call is about one account, its refusal is the account's alone. */
function onAccount(operation: Operation): boolean {
  return operation === "balances" || operation === "transactions";
}

/** 3.1's words in the order of their table: 4.0 numbers them U001, U002 …, as the examples of its documents show (U003, U004, U027, U028). */
const WORDS = [
  ["Field", "Expected", "Invalid", "InvalidDate", "Missing", "Unexpected"],
  ["Header", "Invalid", "Missing"],
  ["Resource", "ConsentMismatch", "InvalidConsentStatus", "InvalidFormat", "NotFound"],
  ["Rules", "AfterCutOffDateTime", "DuplicateReference", "FailsControlParameters"],
  ["Signature", "Invalid", "InvalidClaim", "MissingClaim", "Malformed", "Missing", "Unexpected"],
  ["Unsupported", "AccountIdentifier", "AccountSecondaryIdentifier", "Currency", "EventType", "Frequency", "LocalInstrument", "Scheme"],
].flatMap(([family = "", ...words]) => words.map((word) => `UK.OBIE.${family}.${word}`.toUpperCase()));
const NUMBERED = [...WORDS, "UK.OBIE.REAUTHENTICATE", "UK.OBIE.RULES.RESOURCEALREADYEXISTS", "UK.OBIE.UNEXPECTEDERROR"];

/** The word behind an error code of either version, in capitals. A message of 4.0 may begin with it, which then goes before the number. */
export function errorWords(codes: readonly string[], text: string): readonly string[] {
  const spelt = [...text.matchAll(/\bUK\.OBIE(?:\.[A-Za-z]+)+/g)].map(([word]) => word.toUpperCase());
  const numbered = codes.map((code) => (/^U\d{3}$/.test(code) ? (NUMBERED[Number(code.slice(1)) - 1] ?? code) : code));
  return [...spelt, ...numbered];
}

/** What a word of {@link errorWords} means on a call; null for words of the bank's own. */
export function verdictOfCode(code: string, operation: Operation, paths: readonly string[]): Verdict | null {
  const period = operation === "transactions" && (paths.some((path) => /booking_?date/i.test(path)) || code.endsWith(".INVALIDDATE"));
  switch (code) {
    case "UK.OBIE.REAUTHENTICATE":
      return operation === "transactions" ? PERIOD_REFUSED : REAUTHENTICATE;
    case "UK.OBIE.RESOURCE.INVALIDCONSENTSTATUS":
    case "UK.OBIE.RESOURCE.CONSENTMISMATCH":
      return CONSENT_INVALID;
    case "UK.OBIE.RESOURCE.NOTFOUND":
    case "UK.OBIE.RESOURCE.INVALIDFORMAT":
      if (operation === "consent-create") return BAD_REQUEST;
      return onAccount(operation) ? ACCOUNT_UNAVAILABLE : operation === "party" ? NOT_SUPPORTED : CONSENT_INVALID;
    case "UK.OBIE.FIELD.UNEXPECTED":
      return period ? PERIOD_REFUSED : onAccount(operation) ? ACCOUNT_UNAVAILABLE : BAD_REQUEST;
    case "UK.OBIE.UNEXPECTEDERROR":
      return BANK_DOWN;
    case "TKXP":
    case "UK.OBIE.TOKEN.EXPIRED":
    case "INVALID_TOKEN":
      return TOKEN_EXPIRED;
    case "TKSP":
      return REVOKED;
  }
  if (/^UK\.OBIE\.(FIELD|HEADER|RULES)\./.test(code)) return period ? PERIOD_REFUSED : BAD_REQUEST;
  if (code.startsWith("UK.OBIE.UNSUPPORTED.")) return NOT_SUPPORTED;
  if (code.startsWith("UK.OBIE.SIGNATURE.")) return TPP_REFUSED;
  return null;
}
