import type { BalanceFacts, IdentityFacts } from "../../domain/account.ts";
import { BankError } from "../../domain/failure.ts";
import type { PsuContext } from "../../domain/update.ts";
import type { AccountList, BankAccount, BankAccountRef, GrantCall, QuarantinedRow } from "../connector.ts";
import { unreadable } from "../kit/failures.ts";
import { BadRow, kindOf, listOf, rowOf, textOf } from "../kit/wire.ts";
import { readAccountMemory } from "./account-memory.ts";
import { bareNumber } from "./account-number.ts";
import type { ApiAnswer, PolishApiClient } from "./client.ts";
import { readHandle, type GrantMemory, type Privilege } from "./handle.ts";
import { blockedAccount, normaliseAccount, normaliseBalances } from "./normalise-account.ts";
import { accountHeader } from "./request-header.ts";

const MOST_PAGES = 50;

/** getAccount for every account of the grant: the list of the standard gives masked numbers and nothing else. */
export async function fetchAccounts(client: PolishApiClient, call: GrantCall, signal: AbortSignal): Promise<AccountList> {
  const memory = readHandle(call.handle);
  const accounts: BankAccount[] = [];
  const quarantined: QuarantinedRow[] = [];
  let refused: BankError | null = null;
  for (const resourceId of await numbersOf(client, memory, call.psu, signal)) {
    const privilege = privilegeOf(memory, resourceId);
    const { profile, bank } = client;
    const options = { profile, timeZone: bank.timeZone, scopes: memory.request.scopes, privilege, resourceId };
    let answer: ApiAnswer;
    try {
      answer = await getAccount(client, memory, resourceId, call.psu, signal);
    } catch (error) {
      if (!(error instanceof BankError)) throw error;
      if (error.failure === "ACCOUNT_UNAVAILABLE") accounts.push(blockedAccount(options));
      // The person may have taken back one account of several: then it is no longer among them.
      else if (error.failure === "CONSENT_INVALID" && error.code === "CONSENT_INVALID") refused ??= error;
      else throw error;
      continue;
    }
    try {
      accounts.push(normaliseAccount(answer.body, options));
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      quarantined.push({ reason: error.message, raw: JSON.stringify(answer.body) });
    }
  }
  if (refused !== null && accounts.length + quarantined.length === 0) throw refused;
  return { accounts, quarantined };
}

export async function fetchBalances(
  client: PolishApiClient,
  call: GrantCall,
  account: BankAccountRef,
  signal: AbortSignal,
): Promise<readonly BalanceFacts[]> {
  const { body, requestId } = await getAccount(client, readHandle(call.handle), account.resourceId, call.psu, signal);
  const { debt } = readAccountMemory(account.connectorData);
  try {
    return normaliseBalances(body, { timeZone: client.bank.timeZone, debt });
  } catch (error) {
    if (error instanceof BadRow) throw unreadable(error.message, requestId);
    throw error;
  }
}

export function getAccount(
  client: PolishApiClient,
  { accessToken }: GrantMemory,
  accountNumber: string,
  psu: PsuContext | null,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const header = (parts: Parameters<typeof accountHeader>[0]) => accountHeader(parts, accessToken ?? "");
  return client.call({ operation: "getAccount", header, body: { accountNumber }, accessToken, psu, repeatable: true }, signal);
}

/** The accounts that the bank granted by number; where it names none, those it lists. */
export async function numbersOf(
  client: PolishApiClient,
  memory: GrantMemory,
  psu: PsuContext | null,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const granted = memory.privileges.map(({ accountNumber }) => accountNumber).filter((number) => number !== null);
  return granted.length > 0 ? granted : listedNumbers(client, memory, psu, signal);
}

/** getAccounts, all pages: numbers as the bank prints them here, which may be masked. */
export async function listedNumbers(
  client: PolishApiClient,
  { accessToken }: GrantMemory,
  psu: PsuContext | null,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const header = (parts: Parameters<typeof accountHeader>[0]) => accountHeader(parts, accessToken ?? "");
  const numbers = new Set<string>();
  const seen = new Set<string | null>();
  for (let pageId: string | null = null; !seen.has(pageId) && seen.size < MOST_PAGES;) {
    seen.add(pageId);
    const body = pageId === null ? {} : { pageId };
    const answer = await client.call({ operation: "getAccounts", header, body, accessToken, psu, repeatable: true }, signal);
    const items = answer.body["accounts"];
    if (!Array.isArray(items)) throw unreadable(`accounts: expected a list, got ${kindOf(items)}`, answer.requestId);
    for (const item of listOf(items)) {
      const number = textOf(rowOf(item)?.["accountNumber"]);
      if (number === null) throw unreadable("accounts: one without accountNumber", answer.requestId);
      numbers.add(number);
    }
    pageId = textOf(rowOf(answer.body["pageInfo"])?.["nextPage"]);
    if (pageId === null) break;
  }
  return [...numbers];
}

/** What was granted on the account by its own number, else on every account. */
function privilegeOf({ privileges }: GrantMemory, number: string): Privilege | null {
  const own = privileges.find(({ accountNumber }) => accountNumber !== null && bareNumber(accountNumber) === bareNumber(number));
  return own ?? privileges.find(({ accountNumber }) => accountNumber === null) ?? null;
}

/** The holders of the accounts with their postal address (standards.md 5.5). Null where the consent does not cover them. */
export function identitiesOf(accounts: readonly BankAccount[]): readonly IdentityFacts[] | null {
  const people = new Map<string, { addresses: Set<string>; resourceIds: Set<string> }>();
  for (const { resourceId, connectorData } of accounts) {
    const { owners, address } = readAccountMemory(connectorData);
    for (const name of owners) {
      const person = people.get(name) ?? { addresses: new Set(), resourceIds: new Set() };
      people.set(name, person);
      person.resourceIds.add(resourceId);
      if (address.length > 0) person.addresses.add(address.join(", "));
    }
  }
  if (people.size === 0) return null;
  const nothing = { birthDate: null, emails: [], phones: [] };
  return [...people].map(([fullName, { addresses, resourceIds }]) => ({
    fullName,
    ...nothing,
    addresses: [...addresses],
    resourceIds: [...resourceIds],
  }));
}
