import { randomUUID } from "node:crypto";
import type { Ledger } from "../ledger/ledger.ts";
import { localDate } from "../ledger/calendar.ts";
import { grantedAccounts } from "./consent-access.ts";
import type { ConsentRequest } from "./consent-request.ts";
import type { Authorisation, Consent, ConsentStatus } from "./consent.ts";
import type { Settings } from "./options.ts";

const ENDED: readonly ConsentStatus[] = ["rejected", "revokedByPsu", "expired", "terminatedByTpp"];

/** All consents and the only place that moves their status: received → (partiallyAuthorised →) valid → an end, or received → rejected. */
export class ConsentStore {
  readonly #consents = new Map<string, Consent>();
  readonly #byAuthorisation = new Map<string, Consent>();
  readonly #ledger: Ledger;
  readonly #settings: Settings;

  constructor(ledger: Ledger, settings: Settings) {
    this.#ledger = ledger;
    this.#settings = settings;
  }

  create(request: ConsentRequest, origin: Pick<Consent, "tpp" | "tppName" | "redirectUri" | "nokRedirectUri" | "expectedUser">): Consent {
    const createdAt = this.#ledger.clock.nowMs();
    const consent: Consent = {
      ...request,
      ...origin,
      id: randomUUID(),
      createdAt,
      lastActionDate: this.today(),
      authorisations: [],
      user: undefined,
      accounts: [],
      status: "received",
      scaAt: undefined,
    };
    this.#consents.set(consent.id, consent);
    return consent;
  }

  today(): string {
    return localDate(this.#ledger.clock.nowMs(), this.#settings.timeZone);
  }

  /** The consent with its status brought up to now. */
  get(id: string): Consent | undefined {
    const consent = this.#consents.get(id);
    if (consent) this.#age(consent);
    return consent;
  }

  byAuthorisation(id: string): { readonly consent: Consent; readonly authorisation: Authorisation } | undefined {
    const consent = this.#byAuthorisation.get(id);
    if (consent) this.#age(consent);
    const authorisation = consent?.authorisations.find((one) => one.id === id);
    return consent && authorisation ? { consent, authorisation } : undefined;
  }

  startAuthorisation(consent: Consent): Authorisation {
    const authorisation: Authorisation = { id: randomUUID(), startedAt: this.#ledger.clock.nowMs(), status: "received" };
    consent.authorisations.push(authorisation);
    this.#byAuthorisation.set(authorisation.id, consent);
    return authorisation;
  }

  /** The person agreed. A recurring consent ends the same person's and TPP's earlier recurring ones. */
  approve(consent: Consent, user: string, chosen: readonly string[] | undefined): void {
    consent.user = user;
    consent.accounts = grantedAccounts(consent.access, this.#ledger.booksOf(user), chosen);
    this.#finish(consent, "finalised");
    this.#set(consent, this.#ledger.user(user)?.needsSecondSignature ? "partiallyAuthorised" : "valid");
  }

  refuse(consent: Consent): void {
    this.#finish(consent, "failed");
    this.#set(consent, "rejected");
  }

  /** The person did nothing: SCA failed, the consent stays `received` until its own deadline. */
  abandon(consent: Consent): void {
    this.#finish(consent, "failed");
  }

  cosign(consent: Consent): void {
    if (consent.status === "partiallyAuthorised") this.#set(consent, "valid");
  }

  end(consent: Consent, status: "revokedByPsu" | "terminatedByTpp"): void {
    if (!ENDED.includes(consent.status)) this.#set(consent, status);
  }

  #set(consent: Consent, status: ConsentStatus): void {
    consent.status = status;
    consent.lastActionDate = this.today();
    if (status !== "valid") return;
    consent.scaAt = this.#ledger.clock.nowMs();
    for (const other of this.#consents.values()) {
      const replaced =
        other !== consent && other.user === consent.user && other.tpp === consent.tpp && other.recurring && consent.recurring;
      if (replaced && other.status === "valid") this.#set(other, "terminatedByTpp");
    }
  }

  #finish(consent: Consent, status: Authorisation["status"]): void {
    for (const authorisation of consent.authorisations) if (authorisation.status !== "failed") authorisation.status = status;
  }

  #age(consent: Consent): void {
    if (consent.status === "valid" && this.today() > consent.validUntil) this.#set(consent, "expired");
    const deadline = consent.createdAt + this.#settings.scaTimeoutMinutes * 60_000;
    if (consent.status === "received" && this.#ledger.clock.nowMs() > deadline) this.refuse(consent);
  }
}
