import type { AccountList, BankAccount, Connector, GrantCall, TransactionPage, TransactionsRequest } from "../connectors/connector.ts";
import type { BalanceFacts, IdentityFacts } from "../domain/account.ts";
import type { Bank } from "../domain/bank.ts";
import type { Day } from "../domain/time.ts";
import type { TransactionFacts } from "../domain/transaction.ts";
import type { PsuContext } from "../domain/update.ts";

export const TODAY: Day = "2026-09-07";

export const BANK: Bank = {
  id: "bank-one",
  name: "Bank One",
  country: "DE",
  bic: null,
  nationalBankCode: null,
  logo: null,
  standard: "BERLIN_GROUP",
  environment: "SANDBOX",
  connection: null,
  psuTypes: ["PERSONAL"],
  scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"],
  maxHistoryDays: null,
  maxConsentDays: null,
  unattendedCallsPerDay: 4,
  timeZone: "Europe/Berlin",
};

export function listed(more: Partial<BankAccount> = {}): BankAccount {
  return {
    name: "Giro",
    ownerName: "Ann Example",
    type: "CURRENT",
    product: null,
    status: "ACTIVE",
    currency: "EUR",
    iban: "DE02120300000000202051",
    bban: null,
    sortCode: null,
    accountNumber: null,
    maskedPan: null,
    bic: null,
    resourceId: "r1",
    connectorData: null,
    balances: null,
    mayReadBalances: true,
    mayReadTransactions: true,
    ...more,
  };
}

export function page(rows: readonly TransactionFacts[], more: Partial<TransactionPage> = {}): TransactionPage {
  return { rows, quarantined: [], next: null, pendingUnknown: false, complete: true, ...more };
}

/** The far side: answers from scripts, and remembers what it was asked. */
export class ScriptedBank implements Connector {
  readonly calls: string[] = [];
  readonly requests: TransactionsRequest[] = [];
  readonly psus: (PsuContext | null)[] = [];
  list: () => AccountList = () => ({ accounts: [listed()], quarantined: [] });
  balance: (resourceId: string) => readonly BalanceFacts[] = () => [
    { type: "INTERIM_BOOKED", amount: "100.00", currency: "EUR", creditLimitIncluded: null, referenceDate: null },
  ];
  rows: TransactionFacts[] = [];
  /** By default: the rows of the window, newest first, in pages of `pageSize`. */
  pageSize = 1_000;
  serve: (request: TransactionsRequest) => TransactionPage | Promise<TransactionPage> = (request) => this.window(request);
  people: () => readonly IdentityFacts[] | null = () => null;

  window({ from, to, cursor }: TransactionsRequest): TransactionPage {
    const day = (row: TransactionFacts): Day => row.bookingDate ?? row.transactionDate ?? TODAY;
    const all = this.rows
      .filter((row) => (from === null || day(row) >= from) && (to === null || day(row) <= to))
      .sort((a, b) => (day(a) < day(b) ? 1 : -1));
    const start = Number(cursor ?? 0);
    const end = start + this.pageSize;
    return page(all.slice(start, end), { next: end < all.length ? String(end) : null });
  }

  async accounts(call: GrantCall): Promise<AccountList> {
    this.psus.push(call.psu);
    this.calls.push("accounts");
    return this.list();
  }

  async balances(_call: GrantCall, account: { readonly resourceId: string }): Promise<readonly BalanceFacts[]> {
    this.calls.push(`balances ${account.resourceId}`);
    return this.balance(account.resourceId);
  }

  async transactions(_call: GrantCall, request: TransactionsRequest): Promise<TransactionPage> {
    this.calls.push(`transactions ${request.account.resourceId} ${request.from ?? "-"}..${request.to ?? "-"} ${request.cursor ?? "first"}`);
    this.requests.push(request);
    return this.serve(request);
  }

  async identity(): Promise<readonly IdentityFacts[] | null> {
    this.calls.push("identity");
    return this.people();
  }

  openGrant = unused;
  completeGrant = unused;
  grantState = unused;
  refresh = unused;
  revoke = unused;
  async close(): Promise<void> {}
}

async function unused(): Promise<never> {
  throw new Error("the engine has no use for this");
}
