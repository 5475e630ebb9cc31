import {
  ACCOUNT_UNAVAILABLE,
  BANK_DOWN,
  CONSENT_EXPIRED,
  CONSENT_INVALID,
  NOT_SUPPORTED,
  PERIOD_REFUSED,
  QUOTA_SPENT,
  TOKEN_EXPIRED,
  TPP_REFUSED,
  type Verdict,
} from "../kit/verdicts.ts";

const CONSENT_REVOKED: Verdict = { failure: "CONSENT_INVALID", code: "CONSENT_REVOKED" };

/**
 * The standard lists no error codes: each bank has its own. Words that leave no doubt decide before the status, in this order; a code is compared
 * with `_` for whatever stands between its words.
 */
export const CODE_WORDS: readonly { readonly match: RegExp; readonly verdict: Verdict }[] = [
  { match: /SIGNATURE|(^|_)JWS|CERTIFICATE|(^|_)TPP(_|$)/, verdict: TPP_REFUSED },
  { match: /(CONSENT|SCOPE|AUTHORI[SZ]ATION).*EXPIRED/, verdict: CONSENT_EXPIRED },
  { match: /CONSENT.*(REVOKED|WITHDRAWN|DELETED|CANCELL?ED)/, verdict: CONSENT_REVOKED },
  { match: /CONSENT.*(INVALID|UNKNOWN|NOT_FOUND|MISSING|BLOCKED)|(UNKNOWN|INVALID|NO)_CONSENT/, verdict: CONSENT_INVALID },
  { match: /TOKEN.*(EXPIRED|INVALID|UNKNOWN)|(EXPIRED|INVALID|UNKNOWN)_(ACCESS_)?TOKEN/, verdict: TOKEN_EXPIRED },
  { match: /TOO_MANY|LIMIT_(EXCEEDED|REACHED)|(CALLS?|REQUESTS?|ACCESS)_(LIMIT|EXCEEDED)|THROTTL/, verdict: QUOTA_SPENT },
  { match: /PERIOD|HISTORY|DATE_RANGE|SCA_REQUIRED/, verdict: PERIOD_REFUSED },
  { match: /ACCOUNT.*(BLOCKED|CLOSED|UNKNOWN|NOT_FOUND|UNAVAILABLE|INVALID)|UNKNOWN_ACCOUNT/, verdict: ACCOUNT_UNAVAILABLE },
  { match: /NOT_(IMPLEMENTED|SUPPORTED)/, verdict: NOT_SUPPORTED },
  { match: /INTERNAL_(SERVER_)?ERROR|SERVICE_UNAVAILABLE/, verdict: BANK_DOWN },
];
