import type { IdentityFacts } from "../../domain/account.ts";
import { BankError } from "../../domain/failure.ts";
import type { BankAccount, GrantCall } from "../connector.ts";
import { firstOf, listOf, meaningOf, rowOf, type Row } from "../kit/wire.ts";
import { readAccountMemory } from "./account-memory.ts";
import type { ApiCall, StetClient } from "./client.ts";
import { readHandle } from "./handle.ts";

/**
 * Who logged in (`/end-user-identity`, or in the list of 1.4.0) and who holds the accounts (`/accounts/{id}/owners`, 1.5): names and nothing else.
 * Null where the grant was not asked for it, or the bank says nothing.
 */
export async function fetchIdentities(
  client: StetClient,
  call: GrantCall,
  accounts: readonly BankAccount[],
  signal: AbortSignal,
): Promise<readonly IdentityFacts[] | null> {
  if (!readHandle(call.handle).request.scopes.includes("IDENTITY")) return null;
  const person = await endUser(client, call, accounts, signal);
  const owners = await ownersOf(client, call, accounts, signal);
  const named = new Map<string, Set<string>>();
  const add = (name: string, ids: Iterable<string>): void => {
    named.set(name, new Set([...(named.get(name) ?? []), ...ids]));
  };
  // Where holders are known, whoever is not among them only has access. Else the role that the list gives decides.
  if (person !== null) add(person, owners.size > 0 ? [] : accounts.filter(isHeld).map(({ resourceId }) => resourceId));
  for (const [resourceId, names] of owners) for (const name of names) add(name, [resourceId]);
  if (named.size === 0) return null;
  const nothing = { birthDate: null, addresses: [], emails: [], phones: [] };
  return [...named].map(([fullName, ids]) => ({ fullName, ...nothing, resourceIds: [...ids] }));
}

async function endUser(client: StetClient, call: GrantCall, accounts: readonly BankAccount[], signal: AbortSignal): Promise<string | null> {
  const known = accounts.map(({ connectorData }) => readAccountMemory(connectorData));
  const listed = firstOf(...known.map(({ connectedPsu }) => connectedPsu));
  const link = known.find(({ endUserIdentity }) => endUserIdentity !== null)?.endUserIdentity ?? null;
  const { endUser: when } = client.profile.identity;
  if (when === "never" || (when === "link" && link === null)) return listed;
  const url = link === null ? client.url("end-user-identity") : client.follow(link);
  const body = await bodyOrNull(client, { operation: "identity", url }, call, signal);
  return nameOf(rowOf(body?.["identity"]) ?? body) ?? listed;
}

async function ownersOf(
  client: StetClient,
  call: GrantCall,
  accounts: readonly BankAccount[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  if (!client.profile.identity.owners) return found;
  for (const { resourceId, connectorData } of accounts) {
    const { owners } = readAccountMemory(connectorData);
    if (owners === null) continue;
    const body = await bodyOrNull(client, { operation: "owners", url: client.follow(owners) }, call, signal);
    const names = listOf(body?.["identities"]).map((identity) => nameOf(rowOf(identity)));
    if (names.length > 0)
      found.set(
        resourceId,
        names.filter((name) => name !== null),
      );
  }
  return found;
}

/** Null where there is no content, or the bank does not give this one away. */
async function bodyOrNull(
  client: StetClient,
  what: Pick<ApiCall, "operation" | "url">,
  { handle, psu }: GrantCall,
  signal: AbortSignal,
): Promise<Row | null> {
  try {
    const { body } = await client.call({ ...what, method: "GET", accessToken: readHandle(handle).accessToken, psu }, signal);
    return body;
  } catch (error) {
    if (error instanceof BankError && ["NOT_SUPPORTED", "ACCOUNT_UNAVAILABLE"].includes(error.failure)) return null;
    throw error;
  }
}

/** `fullName` is "last name and first name" by the standard: with both parts, they are put the way people say them. */
function nameOf(row: Row | null): string | null {
  const first = firstOf(row?.["firstName"], row?.["connectedPsuFirstName"]);
  const last = firstOf(row?.["lastName"], row?.["connectedPsuLastName"]);
  return first !== null && last !== null ? `${first} ${last}` : (firstOf(row?.["fullName"], row?.["connectedPsu"]) ?? meaningOf(last));
}

/** "Attorney", "Mandataire": has access and is not named on the account. */
function isHeld({ connectorData }: BankAccount): boolean {
  const { psuStatus } = readAccountMemory(connectorData);
  return psuStatus === null || !/attorney|mandat|procur|legal|tut/i.test(psuStatus);
}
