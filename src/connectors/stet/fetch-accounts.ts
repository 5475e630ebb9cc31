import type { BalanceFacts } from "../../domain/account.ts";
import type { AccountList, BankAccount, BankAccountRef, GrantCall, QuarantinedRow } from "../connector.ts";
import { unreadable } from "../kit/failures.ts";
import { linkOf } from "../kit/links.ts";
import { BadRow, kindOf, textOf, type Row } from "../kit/wire.ts";
import { accountUrl, readAccountMemory } from "./account-memory.ts";
import type { StetClient } from "./client.ts";
import { readHandle, type GrantMemory } from "./handle.ts";
import { widenConsent } from "./mixed-consent.ts";
import { normaliseAccount } from "./normalise-account.ts";
import { normaliseBalances } from "./normalise-balance.ts";

/** More pages of accounts than this nobody has: a bank that has them goes round in a circle. */
const MAX_PAGES = 50;

/** The account list over all its pages, as the bank sent it. */
export interface RawAccounts {
  readonly items: readonly unknown[];
  /** Links and `connectedPsu` of its first page; null where there was no content. */
  readonly head: Row | null;
}

export async function readAccounts(
  client: StetClient,
  { accessToken }: Pick<GrantMemory, "accessToken">,
  { psu }: Pick<GrantCall, "psu">,
  signal: AbortSignal,
): Promise<RawAccounts> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  let head: Row | null = null;
  for (let url: URL | null = client.url("accounts"); url !== null && !seen.has(url.href) && seen.size < MAX_PAGES;) {
    seen.add(url.href);
    const { body, requestId } = await client.call({ operation: "accounts", method: "GET", url, accessToken, psu }, signal);
    if (body === null) break;
    head ??= body;
    const page = body["accounts"];
    if (!Array.isArray(page)) throw unreadable(`accounts: expected a list, got ${kindOf(page)}`, requestId);
    items.push(...(page as readonly unknown[]));
    const next: string | null = linkOf(body, "next", "nextPage");
    url = next === null ? null : client.follow(next, url);
  }
  return { items, head };
}

/** GET /accounts; deferred cards are accounts of their own. */
export async function fetchAccounts(client: StetClient, call: GrantCall, signal: AbortSignal): Promise<AccountList> {
  const memory = readHandle(call.handle);
  const listed = await readAccounts(client, memory, call, signal);
  const widened = await widenConsent(client, memory, call, listed, signal);
  const { items, head } = widened ? await readAccounts(client, memory, call, signal) : listed;
  const { scopes } = memory.request;
  const options = {
    timeZone: client.bank.timeZone,
    assumeLinks: client.profile.accounts.assumeLinks,
    cardDebtPositive: client.profile.amounts.cardDebtPositive,
    wants: { balances: scopes.includes("BALANCES"), transactions: scopes.includes("TRANSACTIONS") },
    list: { endUserIdentity: linkOf(head, "endUserIdentity"), connectedPsu: textOf(head?.["connectedPsu"]) },
  };
  const quarantined: QuarantinedRow[] = [];
  const accounts = new Map<string, BankAccount>();
  for (const [index, item] of items.entries()) {
    try {
      const account = normaliseAccount(item, options);
      accounts.set(`${account.resourceId} ${account.currency ?? ""}`, account);
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      quarantined.push({ reason: reasonOf(`accounts[${String(index)}]`, error), raw: JSON.stringify(item) ?? "null" });
    }
  }
  return { accounts: [...accounts.values()], quarantined };
}

export function reasonOf(at: string, { path, problem }: BadRow): string {
  return `${at}${path === "" ? "" : `.${path}`}: ${problem}`;
}

export async function fetchBalances(
  client: StetClient,
  call: GrantCall,
  account: BankAccountRef,
  signal: AbortSignal,
): Promise<readonly BalanceFacts[]> {
  const url = accountUrl(client, account, "balances");
  const { accessToken } = readHandle(call.handle);
  const { body, requestId } = await client.call({ operation: "balances", method: "GET", url, accessToken, psu: call.psu }, signal);
  if (body === null) return [];
  if (body["balances"] === undefined || body["balances"] === null) throw unreadable("balances: missing", requestId);
  const { card } = readAccountMemory(account.connectorData);
  const reading = { timeZone: client.bank.timeZone, debitsPositive: card && client.profile.amounts.cardDebtPositive };
  try {
    return normaliseBalances(body["balances"], "balances", reading);
  } catch (error) {
    if (error instanceof BadRow) throw unreadable(error.message, requestId);
    throw error;
  }
}
