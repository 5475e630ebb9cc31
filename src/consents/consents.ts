import type { Bank, ConsentScope, PsuType } from "../domain/bank.ts";
import type { Consent, DeletionReceipt } from "../domain/consent.ts";
import type { ConsentId, UserId } from "../domain/ids.ts";
import type { Owner } from "../domain/tenant.ts";
import type { Outcome } from "../domain/refusal.ts";
import type { PsuContext } from "../domain/update.ts";

/** What callers may do with consents. Refusals that a caller can act on are answers, not exceptions. */
export interface Consents {
  create(request: NewConsent, signal: AbortSignal): Promise<Outcome<Consent>>;
  renew(
    owner: Owner,
    consent: ConsentId,
    redirectUrl: string | null,
    psu: PsuContext | null,
    signal: AbortSignal,
  ): Promise<Outcome<Consent>>;
  /** Ends the access at the bank and erases everything acquired with the consent. */
  erase(owner: Owner, consent: ConsentId, signal: AbortSignal): Promise<Outcome<DeletionReceipt>>;
  eraseUser(owner: Owner, user: UserId, signal: AbortSignal): Promise<Outcome<DeletionReceipt>>;
  setSchedule(owner: Owner, consent: ConsentId, timesPerDay: number): Promise<Outcome<Consent>>;
  /** The URL to hand to the user, per consent: only while an attempt waits. */
  authorizationUrls(owner: Owner, consents: readonly ConsentId[]): Promise<ReadonlyMap<ConsentId, string>>;
  /** The bank redirected a browser to `/callback/<bankId>`. Never throws for what a browser can do wrong. */
  returned(
    bankId: string,
    parameters: Readonly<Record<string, string>>,
    browser: PsuContext | null,
    signal: AbortSignal,
  ): Promise<CallbackAnswer>;
}

export interface NewConsent {
  readonly owner: Owner;
  readonly userId: UserId;
  readonly bank: Bank;
  readonly redirectUrl: string;
  readonly scopes: readonly ConsentScope[];
  readonly psuType: PsuType;
  readonly startUpdate: boolean;
  readonly idempotencyKey: string | null;
  /** The user's own address where the request came from their browser; null for a backend. */
  readonly psu: PsuContext | null;
}

/**
 * Where the browser goes next. "page" = the hub cannot know the tenant (unknown or used state): a static page is shown. "fragment" = this bank's answer
 * stands behind the `#` and has not been sent yet: a page of our own hands it on.
 */
export type CallbackAnswer =
  | { readonly kind: "redirect"; readonly url: string }
  | { readonly kind: "fragment" }
  | { readonly kind: "page"; readonly status: number; readonly title: string; readonly message: string };
