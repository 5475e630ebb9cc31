import { createHash } from "node:crypto";
import type { Call } from "../kit/http-message.ts";
import type { AccountBook } from "../ledger/account-book.ts";
import type { Consent } from "./consent.ts";
import type { BankContext } from "./context.ts";
import { bare, obError } from "./ob-error.ts";
import { checkHeaders, psuPresent, requireToken } from "./request-gate.ts";

/** Every rule an account call must pass before data is read. Gives the consent behind the token. */
export async function openConsent(call: Call, context: BankContext, ...anyOf: readonly string[]): Promise<Consent> {
  checkHeaders(call, context);
  const facts = await requireToken(call, context, "person");
  const consent = context.consents.byGrant(facts.grantId);
  // The person ended it at the bank, it was authenticated anew, or its time is over: its tokens are dead.
  if (!consent || consent.status !== "AUTHORISED") throw bare(401);
  if (!anyOf.some((permission) => consent.permissions.includes(permission))) throw bare(403);
  return consent;
}

/** "A unique and immutable identifier", without meaning to anybody. */
export function accountIdOf(internalId: string): string {
  return createHash("sha256").update(internalId).digest("hex").slice(0, 16);
}

/** The account behind a path, if the person selected it. */
export function openAccount(context: BankContext, consent: Consent, accountId: string): AccountBook {
  const { version } = context.settings;
  const internalId = consent.accounts.find((id) => accountIdOf(id) === accountId);
  const book = internalId === undefined ? undefined : context.ledger.book(internalId);
  if (!book) throw obError(version, 400, "UK.OBIE.Resource.NotFound", "There is no such account in the consent.", "AccountId");
  if (book.account.status !== "enabled")
    throw obError(version, 403, "UK.OBIE.Field.Invalid", "Account, or Accounts have blocks.", "AccountId");
  return book;
}

/** Calls without the person are rationed, as the standard allows. */
export function countAccess(call: Call, context: BankContext, consent: Consent, endpoint: string): void {
  if (psuPresent(call)) return;
  const now = context.ledger.clock.nowMs();
  if (!context.counter.allow(`${consent.id}/${endpoint}`, context.settings.unattendedCallsPerDay, now))
    throw bare(429, { "retry-after": "86400" });
}
