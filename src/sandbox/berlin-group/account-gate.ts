import type { AccountBook } from "../ledger/account-book.ts";
import type { Call } from "../kit/http-message.ts";
import type { BankContext } from "./context.ts";
import type { Consent, ConsentAccount, Right } from "./consent.ts";
import type { ReportFormat } from "./report-format.ts";
import { checkHeaders, psuPresent, requiredHeader } from "./request-headers.ts";
import { requireToken } from "./token-check.ts";
import { checkSignature, identifyTpp } from "./tpp-identity.ts";
import { tppError } from "./tpp-error.ts";

export interface OpenAccount {
  readonly consent: Consent;
  readonly granted: ConsentAccount;
  readonly book: AccountBook;
}

/** Every rule an account call must pass before data is read; the answer says which one failed. Gives the valid consent. */
export async function openConsent(call: Call, context: BankContext, formats?: readonly ReportFormat[]): Promise<Consent> {
  const tpp = identifyTpp(call, context.settings);
  checkSignature(call, context.settings);
  checkHeaders(call, formats);
  const consentId = requiredHeader(call, "Consent-ID");
  const { sca } = context.settings;
  const facts =
    sca === "oauth-integrated"
      ? await requireToken(call, context, `AIS:${consentId}`)
      : sca === "oauth-pre-step"
        ? await requireToken(call, context, "AISP")
        : undefined;
  const consent = context.consents.get(consentId);
  if (!consent || consent.tpp !== tpp) throw tppError(403, "CONSENT_UNKNOWN", "The consent is unknown.");
  if (facts && consent.user !== undefined && facts.user !== consent.user)
    throw tppError(401, "CONSENT_INVALID", "The token belongs to another person.");
  if (consent.status === "expired") throw tppError(401, "CONSENT_EXPIRED", "The consent has expired.");
  if (consent.status !== "valid") throw tppError(401, "CONSENT_INVALID", `The consent is not valid but ${consent.status}.`);
  consent.lastActionDate = context.consents.today();
  return consent;
}

/** The account behind a resource id, if the consent gives `right` on it. `cards` tells the two families of endpoints apart. */
export function openAccount(
  context: BankContext,
  consent: Consent,
  resourceId: string,
  need: { readonly right: Right; readonly cards: boolean },
): OpenAccount {
  const granted = consent.accounts.find((one) => one.resourceId === resourceId);
  const book = granted && context.ledger.book(granted.accountId);
  if (!granted || !book || (book.account.kind === "card") !== need.cards || consent.access.model === "available")
    throw tppError(404, "RESOURCE_UNKNOWN", "The account is unknown in this consent.");
  if (!granted.rights.has(need.right)) throw tppError(401, "CONSENT_INVALID", `The consent gives no right on ${need.right}.`);
  if (book.account.status === "blocked" && need.right !== "accounts") throw tppError(400, "RESOURCE_BLOCKED", "The account is blocked.");
  return { consent, granted, book };
}

/** frequencyPerDay: counts the call unless the person is there. */
export function countAccess(call: Call, context: BankContext, consent: Consent, endpoint: string): void {
  if (psuPresent(call)) return;
  const allowed = context.counter.allow(`${consent.id}/${endpoint}`, consent.frequencyPerDay, context.ledger.clock.nowMs());
  if (!allowed) throw tppError(429, "ACCESS_EXCEEDED", `More than ${consent.frequencyPerDay} accesses in 24 hours without the PSU.`);
}
