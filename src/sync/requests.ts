import type { ConsentId, UpdateId } from "../domain/ids.ts";
import type { Outcome } from "../domain/refusal.ts";
import type { Owner } from "../domain/tenant.ts";
import type { PsuContext, Update, UpdateTrigger } from "../domain/update.ts";
import type { Tx } from "../store/store.ts";
import type { Consent } from "../domain/consent.ts";

/** What callers may do with updates. */
export interface UpdateRequests {
  /** Joins the consent's active update where there is one. */
  create(request: NewUpdate): Promise<Outcome<{ readonly update: Update; readonly joined: boolean }>>;
  cancel(owner: Owner, update: UpdateId): Promise<Outcome<Update>>;
  /** Inside the caller's transaction: for a consent just given, or a schedule. Null = one is active already. */
  start(tx: Tx, consent: Consent, trigger: Exclude<UpdateTrigger, "API">): Promise<Update | null>;
  /** Inside the caller's transaction: reads the account list of a consent just given, without an update. `psu` = whoever just approved it. */
  readAccounts(tx: Tx, consent: Consent, psu: PsuContext | null): Promise<void>;
}

export interface NewUpdate {
  readonly owner: Owner;
  readonly consentId: ConsentId;
  readonly callbackUrl: string | null;
  readonly psuContext: PsuContext | null;
  readonly idempotencyKey: string | null;
}
