import type { BalanceFacts } from "../../domain/account.ts";
import type { AccountList, BankAccount, BankAccountRef, GrantCall, QuarantinedRow } from "../connector.ts";
import { unreadable } from "../kit/failures.ts";
import { hrefOf } from "../kit/links.ts";
import { BadRow, kindOf, rowOf, type Row } from "../kit/wire.ts";
import { readAccountMemory } from "./account-memory.ts";
import type { ApiAnswer } from "./client.ts";
import { readHandle, type GrantMemory } from "./handle.ts";
import { normaliseAccount } from "./normalise-account.ts";
import { normaliseBalances } from "./normalise-balance.ts";
import type { Parts } from "./parts.ts";
import { mayRead } from "./permissions.ts";
import type { Operation } from "./profile.ts";

/** More pages of accounts than any person has. */
const MAX_PAGES = 100;

/** GET /accounts, all pages. Cards are accounts like any other in this standard. */
export async function fetchAccounts(parts: Parts, call: GrantCall, signal: AbortSignal): Promise<AccountList> {
  const { client } = parts;
  const memory = readHandle(call.handle);
  const may = mayRead(memory.permissions);
  const accounts = new Map<string, BankAccount>();
  const quarantined: QuarantinedRow[] = [];
  const seen = new Set<string>();
  for (let url: URL | null = client.url(memory.version, "accounts"); url !== null && !seen.has(url.href) && seen.size < MAX_PAGES;) {
    seen.add(url.href);
    const answer: ApiAnswer = await get(parts, "accounts", url, memory, call, signal);
    const items = listIn(answer, "Account");
    for (const [index, item] of items.entries()) {
      try {
        const account = normaliseAccount(item, may);
        accounts.set(account.resourceId, account);
      } catch (error) {
        if (!(error instanceof BadRow)) throw error;
        quarantined.push({ reason: reasonOf(`Data.Account[${String(index)}]`, error), raw: JSON.stringify(item) ?? "null" });
      }
    }
    url = nextUrl(parts, memory, answer.body, url);
  }
  return { accounts: [...accounts.values()], quarantined };
}

export function reasonOf(at: string, { path, problem }: BadRow): string {
  return `${at}${path === "" ? "" : `.${path}`}: ${problem}`;
}

/**
 * The list under `Data`. The standard has `[]` for "none"; some banks leave the list out, but not `Data` itself.
 * @throws BankError PROTOCOL for what is no list
 */
export function listIn({ body, requestId }: ApiAnswer, name: string): readonly unknown[] {
  const data = rowOf(body["Data"]);
  if (!data) throw unreadable(`Data: expected an object, got ${kindOf(body["Data"])}`, requestId);
  const list = data[name] ?? [];
  if (Array.isArray(list)) return list;
  if (rowOf(list)) return [list];
  throw unreadable(`Data.${name}: expected a list, got ${kindOf(list)}`, requestId);
}

/** `Links.Next`, within the API; null for the last page. */
export function nextUrl({ client }: Parts, { version }: GrantMemory, body: Row, current: URL): URL | null {
  const href = hrefOf(rowOf(body["Links"])?.["Next"]);
  return href === null ? null : client.follow(version, href, current);
}

export async function fetchBalances(
  parts: Parts,
  call: GrantCall,
  account: BankAccountRef,
  signal: AbortSignal,
): Promise<readonly BalanceFacts[]> {
  const { client } = parts;
  const memory = readHandle(call.handle);
  const url = client.url(memory.version, `accounts/${encodeURIComponent(account.resourceId)}/balances`);
  const answer = await get(parts, "balances", url, memory, call, signal);
  const signsReversed = readAccountMemory(account.connectorData).card && client.profile.amounts.cardSignsReversed;
  try {
    return normaliseBalances(listIn(answer, "Balance"), "Data.Balance", { timeZone: client.bank.timeZone, signsReversed });
  } catch (error) {
    if (error instanceof BadRow) throw unreadable(error.message, answer.requestId);
    throw error;
  }
}

/** A read with the person's token. */
export function get(
  { client }: Parts,
  operation: Operation,
  url: URL,
  { accessToken }: GrantMemory,
  { psu }: Pick<GrantCall, "psu">,
  signal: AbortSignal,
  oldHistory = false,
): Promise<ApiAnswer> {
  return client.call({ operation, method: "GET", url, accessToken, psu, oldHistory }, signal);
}
