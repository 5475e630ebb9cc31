import { randomUUID } from "node:crypto";
import type { Ledger } from "../ledger/ledger.ts";
import type { ConsentRequest } from "./consent-request.ts";
import type { Consent, ConsentStatus } from "./consent.ts";
import type { Settings } from "./options.ts";

/** All consents and the only place that moves their status: AWAITING → AUTHORISED or REJECTED; AUTHORISED ↔ REVOKED; then EXPIRED or DELETED. */
export class ConsentStore {
  readonly #consents = new Map<string, Consent>();
  readonly #byGrant = new Map<string, Consent>();
  readonly #ledger: Ledger;
  readonly #settings: Settings;

  constructor(ledger: Ledger, settings: Settings) {
    this.#ledger = ledger;
    this.#settings = settings;
  }

  create(request: ConsentRequest, tpp: string): Consent {
    const now = this.#ledger.clock.nowMs();
    const id = `urn-sandbox-intent-${randomUUID()}`;
    const consent: Consent = {
      ...request,
      ...{ id, tpp, createdAt: now, updatedAt: now },
      ...{ user: undefined, accounts: [], grantId: undefined, status: "AWAITING", authenticatedAt: undefined },
    };
    this.#consents.set(id, consent);
    return consent;
  }

  /** The consent with its status brought up to now; a deleted one is unknown. */
  get(id: string): Consent | undefined {
    const consent = this.#consents.get(id);
    if (consent) this.#age(consent);
    return consent?.status === "DELETED" ? undefined : consent;
  }

  /** The consent that a token's grant belongs to, if that grant is still the one in force. */
  byGrant(grantId: string | undefined): Consent | undefined {
    const consent = grantId === undefined ? undefined : this.#byGrant.get(grantId);
    if (consent) this.#age(consent);
    return consent && consent.grantId === grantId && consent.status !== "DELETED" ? consent : undefined;
  }

  /** The person may approve it: for the first time, or again (Consent Re-authentication). */
  mayBeAuthorised({ status }: Consent): boolean {
    return status === "AWAITING" || status === "AUTHORISED" || status === "REVOKED";
  }

  /** `chosen` counts at the first approval only. */
  approve(consent: Consent, user: string, chosen: readonly string[] | undefined, grantId: string | undefined): void {
    if (consent.status === "AWAITING") {
      const offered = this.#ledger.booksOf(user).map(({ account }) => account.id);
      consent.accounts = chosen === undefined ? offered : offered.filter((id) => chosen.includes(id));
    }
    consent.user = user;
    consent.grantId = grantId;
    if (grantId !== undefined) this.#byGrant.set(grantId, consent);
    consent.authenticatedAt = this.#ledger.clock.nowMs();
    this.#set(consent, "AUTHORISED");
  }

  /** A refused re-authentication leaves the consent as it was. */
  refuse(consent: Consent): void {
    if (consent.status === "AWAITING") this.#set(consent, "REJECTED");
  }

  end(consent: Consent, status: "REVOKED" | "DELETED"): void {
    if (status === "DELETED" || consent.status === "AUTHORISED") this.#set(consent, status);
  }

  #set(consent: Consent, status: ConsentStatus): void {
    consent.status = status;
    consent.updatedAt = this.#ledger.clock.nowMs();
  }

  #age(consent: Consent): void {
    const now = this.#ledger.clock.nowMs();
    const over = consent.expiration !== undefined && now >= Date.parse(consent.expiration);
    if (over && (consent.status === "AUTHORISED" || consent.status === "REVOKED")) this.#set(consent, "EXPIRED");
    if (consent.status === "AWAITING" && now > consent.createdAt + this.#settings.authorisationMinutes * 60_000)
      this.#set(consent, "REJECTED");
  }
}
