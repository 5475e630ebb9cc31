import { z } from "zod";
import type { Ledger } from "../ledger/ledger.ts";
import type { SandboxClock } from "../ledger/clock.ts";
import { addUserFromJson, transactionFromJson, type TransactionJson, type UserJson } from "../ledger/from-json.ts";
import { truthOf, type Truth } from "../ledger/truth.ts";
import type { FaultBox } from "./faults/fault-box.ts";
import type { Fault, FaultSpec } from "./faults/fault.ts";
import type { LoggedRequest, RequestLog } from "./request-log.ts";

export interface Decision {
  readonly consentId: string;
  readonly user: string;
  readonly decision: "approve" | "refuse" | "timeout";
  /** Internal account ids; absent = all that would be ticked. */
  readonly accounts?: readonly string[];
}

/** What each standard's bank adds. */
export interface ConsentAdmin {
  /** The person takes the consent back at the bank. False: no such consent. */
  revoke(consentId: string): boolean;
  /** A person's decision without a browser: the bank's app. */
  decide(decision: Decision): void;
  /** The second signatory signs. */
  cosign(consentId: string): boolean;
}

/** The bank-local test interface; the HTTP admin API calls these same functions. */
export class BankAdmin {
  readonly clock: SandboxClock;
  readonly faults: FaultBox;
  readonly #ledger: Ledger;
  readonly #log: RequestLog;
  readonly #consents: ConsentAdmin;

  constructor(parts: { readonly ledger: Ledger; readonly faults: FaultBox; readonly log: RequestLog; readonly consents: ConsentAdmin }) {
    this.clock = parts.ledger.clock;
    this.faults = parts.faults;
    this.#ledger = parts.ledger;
    this.#log = parts.log;
    this.#consents = parts.consents;
  }

  setFault(...specs: readonly FaultSpec[]): Fault[] {
    return this.faults.set(...specs);
  }

  clearFaults(id?: string): void {
    this.faults.clear(id);
  }

  truth(user: string): Truth {
    return truthOf(this.#ledger, user);
  }

  requests(operation?: string): readonly LoggedRequest[] {
    return this.#log.list(operation);
  }

  clearRequests(): void {
    this.#log.clear();
  }

  addUser(user: UserJson): { readonly name: string } {
    return addUserFromJson(this.#ledger, user);
  }

  /** Adds entries to an account named by internal id, IBAN or masked PAN. False: no such account. */
  addTransactions(account: string, transactions: readonly TransactionJson[]): boolean {
    const book = this.#ledger.find(account);
    book?.add(...transactions.map((row) => transactionFromJson(row, book.account.currency)));
    return book !== undefined;
  }

  /** Takes an entry away for good, e.g. a pending authorisation that never books. */
  cancelTransaction(account: string, id: string): boolean {
    return this.#ledger.find(account)?.cancel(id) ?? false;
  }

  setAccountStatus(account: string, status: "enabled" | "blocked" | "deleted"): boolean {
    const book = this.#ledger.find(account);
    if (book) book.account.status = status;
    return book !== undefined;
  }

  revoke(consentId: string): boolean {
    return this.#consents.revoke(consentId);
  }

  decide(decision: Decision): void {
    this.#consents.decide(decision);
  }

  cosign(consentId: string): boolean {
    return this.#consents.cosign(consentId);
  }
}

export const decisionSchema = z.strictObject({
  consentId: z.string(),
  user: z.string(),
  decision: z.enum(["approve", "refuse", "timeout"]),
  accounts: z.array(z.string()).optional(),
});
