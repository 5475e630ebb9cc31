import type { BalanceFacts, IdentityFacts } from "../../domain/account.ts";
import { BankError } from "../../domain/failure.ts";
import type { PsuContext } from "../../domain/update.ts";
import type { AccountList, BankAccount, BankAccountRef, GrantCall, QuarantinedRow } from "../connector.ts";
import { accountUrl, readAccountMemory, readingOf } from "./account-memory.ts";
import type { ApiAnswer, Xs2aClient } from "./client.ts";
import { unreadable } from "../kit/failures.ts";
import { readHandle, type GrantMemory } from "./handle.ts";
import { normaliseAccount, withoutAggregates } from "./normalise-account.ts";
import { normaliseBalances } from "./normalise-balance.ts";
import { foundIn } from "../kit/field-patterns.ts";
import { BadRow, flagOf, kindOf, listOf, rowOf, textOf, type Row } from "../kit/wire.ts";

type Family = "accounts" | "card-accounts";

/** Banks without card accounts say so in many ways; which bank it is, is learned once. */
export interface CardsOffered {
  cards: boolean;
}

/** GET /v1/accounts and /v1/card-accounts as one list. */
export async function fetchAccounts(client: Xs2aClient, call: GrantCall, offered: CardsOffered, signal: AbortSignal): Promise<AccountList> {
  const memory = readHandle(call.handle);
  const lists = [await familyList(client, "accounts", memory, call, signal)];
  const { cards } = client.profile.accounts;
  if (cards === "always" || (cards === "auto" && offered.cards)) {
    const list = await cardList(client, memory, call, offered, signal);
    if (list) lists.push(list);
  }
  const accounts = withoutAggregates(lists.flatMap((list) => list.accounts));
  return { accounts: withoutRepeats(accounts), quarantined: lists.flatMap((list) => list.quarantined) };
}

async function cardList(
  client: Xs2aClient,
  memory: GrantMemory,
  call: GrantCall,
  offered: CardsOffered,
  signal: AbortSignal,
): Promise<AccountList | null> {
  try {
    return await familyList(client, "card-accounts", memory, call, signal);
  } catch (error) {
    // The same grant has just opened /accounts: a refusal here is about cards only.
    if (!(error instanceof BankError) || client.profile.accounts.cards === "always") throw error;
    if (error.failure === "NOT_SUPPORTED" || error.bankCode === "404") offered.cards = false;
    else if (!["ACCOUNT_UNAVAILABLE", "BAD_REQUEST", "CONSENT_INVALID"].includes(error.failure)) throw error;
    return null;
  }
}

/** A card listed in both families is one account. */
function withoutRepeats(accounts: readonly BankAccount[]): readonly BankAccount[] {
  const seen = new Map(accounts.map((account) => [`${account.resourceId} ${account.currency ?? ""}`, account]));
  return [...seen.values()];
}

async function familyList(
  client: Xs2aClient,
  family: Family,
  memory: GrantMemory,
  call: GrantCall,
  signal: AbortSignal,
): Promise<AccountList> {
  const url = client.url(family);
  // Card accounts know no such parameter.
  if (client.profile.accounts.withBalance && family === "accounts") url.searchParams.set("withBalance", "true");
  const { body, requestId } = await get(client, "accounts", url, memory, call, signal);
  const card = family === "card-accounts";
  const name = card && body["cardAccounts"] !== undefined ? "cardAccounts" : "accounts";
  const items = body[name];
  if (!Array.isArray(items)) throw unreadable(`${name}: expected a list, got ${kindOf(items)}`, requestId);
  const { cardDebtPositive } = client.profile.amounts;
  const { timeZone } = client.bank;
  const { types: balanceTypes } = client.profile.balances;
  const options = { card, timeZone, assumeLinks: client.profile.accounts.assumeLinks, cardDebtPositive, balanceTypes };
  const left = client.profile.filters.accounts;
  const quarantined: QuarantinedRow[] = [];
  const accounts = items.flatMap((item: unknown, index) => {
    const row = rowOf(item);
    if (row && foundIn(row, left)) return [];
    try {
      return normaliseAccount(item, options);
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      quarantined.push({ reason: reasonOf(`${name}[${String(index)}]`, error), raw: JSON.stringify(item) ?? "null" });
      return [];
    }
  });
  return { accounts, quarantined };
}

/** What names each account of a list that may not be read any further, as a consent wants it. @throws BankError PROTOCOL for a list without any */
export async function accountReferences(
  client: Xs2aClient,
  memory: GrantMemory,
  psu: PsuContext | null,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const { body, requestId } = await get(client, "accounts", client.url("accounts"), memory, { psu }, signal);
  const references = listOf(body["accounts"]).flatMap((item): Row[] => {
    const row = rowOf(item);
    if (!row || foundIn(row, client.profile.filters.accounts)) return [];
    const names = (["iban", "bban", "maskedPan", "msisdn"] as const).map((name) => ({ name, text: textOf(row[name]) }));
    const named = names.find(({ text }) => text !== null);
    const currency = textOf(row["currency"]);
    return named ? [{ [named.name]: named.text, ...(currency === null || currency === "XXX" ? {} : { currency }) }] : [];
  });
  if (references.length === 0) throw unreadable("accounts: none that a consent could name", requestId);
  return references;
}

export function reasonOf(at: string, { path, problem }: BadRow): string {
  return `${at}${path === "" ? "" : `.${path}`}: ${problem}`;
}

export async function fetchBalances(
  client: Xs2aClient,
  call: GrantCall,
  account: BankAccountRef,
  signal: AbortSignal,
): Promise<readonly BalanceFacts[]> {
  const url = accountUrl(client, account, "balances");
  const { body, requestId } = await get(client, "balances", url, readHandle(call.handle), call, signal);
  const reading = readingOf(client, readAccountMemory(account.connectorData), flagOf(body["debitAccounting"]));
  if (body["balances"] === undefined || body["balances"] === null) throw unreadable("balances: missing", requestId);
  try {
    return normaliseBalances(body["balances"], "balances", reading);
  } catch (error) {
    if (error instanceof BadRow) throw unreadable(error.message, requestId);
    throw error;
  }
}

/** A read of account data: carries Consent-ID, and the token where there is one. */
function get(
  client: Xs2aClient,
  operation: "accounts" | "balances",
  url: URL,
  { consentId, accessToken }: GrantMemory,
  { psu }: Pick<GrantCall, "psu">,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  return client.call({ operation, method: "GET", url, consentId, accessToken, psu }, signal);
}

/** XS2A 1.3 has names and nothing else: holders of the accounts and the person themself (standards.md 3.8). */
export function identitiesOf(accounts: readonly BankAccount[]): readonly IdentityFacts[] | null {
  const resourceIds = new Map<string, Set<string>>();
  for (const { resourceId, connectorData } of accounts) {
    const { owners, person } = readAccountMemory(connectorData);
    for (const name of [...(person === null ? [] : [person]), ...owners])
      resourceIds.set(name, (resourceIds.get(name) ?? new Set()).add(resourceId));
  }
  if (resourceIds.size === 0) return null;
  const nothing = { birthDate: null, addresses: [], emails: [], phones: [] };
  return [...resourceIds].map(([fullName, ids]) => ({ fullName, ...nothing, resourceIds: [...ids] }));
}
