import {
  ACCOUNT_UNAVAILABLE,
  CONSENT_EXPIRED,
  CONSENT_INVALID,
  PERIOD_REFUSED,
  QUOTA_SPENT,
  TOKEN_EXPIRED,
  TPP_REFUSED,
  type Verdict,
} from "../kit/verdicts.ts";

const CONSENT_REVOKED: Verdict = { failure: "CONSENT_INVALID", code: "CONSENT_REVOKED" };

export interface TextVerdict {
  readonly text: RegExp;
  readonly verdict: Verdict;
  /** The calls for which the words have this meaning. @default all */
  readonly where?: "account" | "transactions";
}

const either = (a: string, b: string): RegExp => new RegExp(`(?:${a}).{0,60}(?:${b})|(?:${b}).{0,60}(?:${a})`, "is");

/** Words of banks in 4xx answers, English and French; the first that fits decides. The standard defines no codes (standards.md 6.5). */
export const VERDICTS: readonly TextVerdict[] = [
  { text: either("consent(?:ement|s)?", "expir"), verdict: CONSENT_EXPIRED },
  { text: either("consent(?:ement|s)?", "revoked|withdrawn|révoqu|retiré|cancel"), verdict: CONSENT_REVOKED },
  { text: /\bno[ _]consents?\b/i, verdict: CONSENT_INVALID },
  { text: either("consent(?:ement|s)?", "invalid|unknown|not found|missing|absent|inconnu|introuvable"), verdict: CONSENT_INVALID },
  { text: either("token|jeton", "expir|invalid|unknown|revoked|inactive|not valid|inconnu|révoqu"), verdict: TOKEN_EXPIRED },
  { text: /too many|quota|rate.?limit|trop d[e'](?:s )?(?:appels|requêtes)|nombre (?:maximal|maximum) d/i, verdict: QUOTA_SPENT },
  {
    text: /\b(?:datefrom|dateto|history|historique|older than|antérieure?s?|period|période)\b|strong (?:customer )?authentication|authentification forte|\bsca\b/i,
    verdict: PERIOD_REFUSED,
    where: "transactions",
  },
  { text: /blocked|bloqué|closed|clôtur|not eligible|ineligible|inéligible|NAAC/i, verdict: ACCOUNT_UNAVAILABLE, where: "account" },
  { text: /\b(?:signature|digest|key-?id|certificate|certificat|qwac|qseal|eidas)\b|invalid_client/i, verdict: TPP_REFUSED },
];

/** "Suspended" at a group of regional banks: it passes within seconds. */
export const SUSPENDED = /\b303001\b|suspended|suspendu/i;
