import { createHash } from "node:crypto";
import { DAY } from "../ledger/calendar.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Settings } from "./options.ts";

export type Right = "balances" | "transactions" | "owners" | "overdrafts";

/** One approval of a person. The bank has no other name for a consent than the tokens that came of it. */
export interface Grant {
  /** Of the OAuth server; all tokens of the approval carry it. */
  readonly id: string;
  readonly user: string;
  /** Internal ids of the accounts that the person ticked at the bank (A1); undefined: all. */
  readonly accounts: readonly string[] | undefined;
  readonly scaAt: number;
  revoked: boolean;
}

/** What PUT /consents said last for a person: it belongs to person and TPP, not to a token. */
export interface Access extends Readonly<Record<Right, ReadonlySet<string>>> {
  readonly psuIdentity: boolean;
}

export class GrantStore {
  readonly #grants = new Map<string, Grant>();
  readonly #byToken = new Map<string, string>();
  readonly #access = new Map<string, Access>();
  readonly #resources = new Map<string, string>();
  readonly #ledger: Ledger;
  readonly #settings: Settings;

  constructor(ledger: Ledger, settings: Settings) {
    this.#ledger = ledger;
    this.#settings = settings;
  }

  add(id: string, user: string, accounts: readonly string[] | undefined): void {
    this.#grants.set(id, { id, user, accounts, scaAt: this.#ledger.clock.nowMs(), revoked: false });
  }

  get(id: string | undefined): Grant | undefined {
    return id === undefined ? undefined : this.#grants.get(id);
  }

  /** Told by the token endpoint, so that the admin API can name a grant by any of its tokens. */
  remember(token: string, grantId: string): void {
    this.#byToken.set(token, grantId);
  }

  /**
   * The person takes it back at the bank: one grant, named by id or token, or all of a person's, named by login. In the mixed model what was sent for
   * it goes too. False: unknown.
   */
  revoke(name: string): boolean {
    const one = this.#grants.get(name) ?? this.get(this.#byToken.get(name));
    const revoked = one ? [one] : [...this.#grants.values()].filter(({ user }) => user === name);
    for (const grant of revoked) {
      grant.revoked = true;
      this.#access.delete(grant.user);
    }
    return revoked.length > 0;
  }

  isExpired(grant: Grant): boolean {
    return this.#ledger.clock.nowMs() >= grant.scaAt + this.#settings.consentDays * DAY;
  }

  /** May tokens be issued for it still? */
  isAlive(id: string | undefined): boolean {
    const grant = this.get(id);
    return grant !== undefined && !grant.revoked && !this.isExpired(grant);
  }

  access(user: string): Access | undefined {
    return this.#access.get(user);
  }

  setAccess(user: string, access: Access): void {
    this.#access.set(user, access);
  }

  /** The account's name in paths, good for one grant only, with characters that have to be encoded. `part` tells a card's months apart. */
  resourceId(grant: Grant, accountId: string, part = ""): string {
    const hash = createHash("sha256").update(`${grant.id} ${accountId}`).digest("hex").slice(0, 8);
    const id = `038 CPT:${hash}${part === "" ? "" : `/${part}`}`;
    this.#resources.set(id, accountId);
    return id;
  }

  /** The internal id behind a resource id that was handed out. */
  accountOf(resourceId: string): string | undefined {
    return this.#resources.get(resourceId);
  }
}
