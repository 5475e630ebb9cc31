import type { Connector, GrantCall } from "../connectors/connector.ts";
import type { Bank } from "../domain/bank.ts";
import type { Consent, Grant } from "../domain/consent.ts";
import type { PsuContext } from "../domain/update.ts";

/**
 * The way from a consent to calls at its bank: what the sync engine asks. Keeps tokens fresh: refreshes under a lease,
 * stores before use, and turns a grant the bank has ended into the consent's status (after one status call has confirmed it).
 */
export interface Grants {
  /** Null where the consent has no current grant, its key is gone, or its bank cannot be spoken to. */
  open(consent: Consent, psu: PsuContext | null): Promise<OpenGrant | null>;
}

export interface OpenGrant {
  readonly bank: Bank;
  readonly grant: Grant;
  readonly connector: Connector;
  /**
   * Runs one call with a live token: refreshes before when it is about to die, and once more on TOKEN_EXPIRED, then repeats the call.
   * On CONSENT_INVALID it asks the bank for the grant's state; a confirmed end moves the consent to EXPIRED or REVOKED, and the
   * BankError thrown carries CONSENT_EXPIRED or CONSENT_REVOKED. An unconfirmed one is rethrown as ACCOUNT_NOT_ACCESSIBLE (retry later).
   */
  call<T>(run: (call: GrantCall, signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Encrypts under the consent's key; `column` is bound as additional data. */
  seal(column: string, plain: string): string;
}
