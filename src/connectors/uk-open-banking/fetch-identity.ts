import type { IdentityFacts } from "../../domain/account.ts";
import { BankError } from "../../domain/failure.ts";
import type { BankAccount, GrantCall } from "../connector.ts";
import { bareName } from "../kit/parties.ts";
import { firstOf, listOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";
import { get } from "./fetch-accounts.ts";
import { readHandle, type GrantMemory } from "./handle.ts";
import type { Parts } from "./parts.ts";
import { mayRead } from "./permissions.ts";

/**
 * `GET /party` (the person who approved) and `GET /accounts/{id}/parties` (the holders), as far as the permissions go. Many banks have only some of
 * these, or give only names. Null where nothing is known.
 */
export async function fetchIdentity(
  parts: Parts,
  call: GrantCall,
  accounts: readonly BankAccount[],
  signal: AbortSignal,
): Promise<readonly IdentityFacts[] | null> {
  const memory = readHandle(call.handle);
  const may = mayRead(memory.permissions);
  const people = new Map<string, IdentityFacts>();
  const read = async (path: string) => partiesAt(parts, call, memory, path, signal);
  if (may.partyPsu) for (const party of (await read("party")) ?? []) meet(people, party, null);
  if (may.party) {
    let listed = true;
    for (const { resourceId } of accounts) {
      const at = `accounts/${encodeURIComponent(resourceId)}`;
      const several: readonly Row[] | null = listed ? await read(`${at}/parties`) : null;
      listed &&= several !== null;
      for (const party of several ?? (await read(`${at}/party`)) ?? []) meet(people, party, resourceId);
    }
  }
  return people.size === 0 ? null : [...people.values()];
}

/** Null where the bank does not offer the resource, or not for this account. */
async function partiesAt(
  parts: Parts,
  call: GrantCall,
  memory: GrantMemory,
  path: string,
  signal: AbortSignal,
): Promise<readonly Row[] | null> {
  try {
    const { body } = await get(parts, "party", parts.client.url(memory.version, path), memory, call, signal);
    return listOf(rowOf(body["Data"])?.["Party"])
      .map(rowOf)
      .filter((party) => party !== null);
  } catch (error) {
    const missing = error instanceof BankError && ["NOT_SUPPORTED", "ACCOUNT_UNAVAILABLE", "BAD_REQUEST"].includes(error.failure);
    if (missing) return null;
    throw error;
  }
}

/** Adds a party, or what it says anew of somebody already met: by PartyId, else by name. */
function meet(people: Map<string, IdentityFacts>, party: Row, resourceId: string | null): void {
  const fullName = firstOf(party["FullLegalName"], party["Name"]);
  if (fullName === null) return;
  const known = [...people].find(([key, { fullName: name }]) => key === textOf(party["PartyId"]) || bareName(name) === bareName(fullName));
  const key = known?.[0] ?? textOf(party["PartyId"]) ?? bareName(fullName);
  const before = known?.[1];
  const both = (old: readonly string[] | undefined, ...more: readonly (string | null)[]) => [
    ...new Set([...(old ?? []), ...more.filter((item) => item !== null)]),
  ];
  people.set(key, {
    fullName: before?.fullName ?? fullName,
    birthDate: null,
    addresses: both(before?.addresses, ...listOf(party["Address"]).map((address) => addressOf(rowOf(address)))),
    emails: both(before?.emails, meaningOf(party["EmailAddress"])),
    phones: both(before?.phones, meaningOf(party["Phone"]), meaningOf(party["Mobile"])),
    resourceIds: both(before?.resourceIds, resourceId),
  });
}

/** In one line: what a letter would carry, as far as the bank says it. */
function addressOf(address: Row | null): string | null {
  if (!address) return null;
  const text = (key: string) => meaningOf(address[key]);
  const street = [text("BuildingNumber"), text("StreetName")].filter((part) => part !== null).join(" ");
  const town = [text("PostCode"), text("TownName")].filter((part) => part !== null).join(" ");
  const lines = listOf(address["AddressLine"]).map(meaningOf);
  const parts = [
    ...["CareOf", "UnitNumber", "Floor", "BuildingName"].map(text),
    ...lines,
    street,
    town,
    text("CountrySubDivision"),
    text("Country"),
  ];
  const said = [...new Set(parts.filter((part) => part !== null && part !== ""))];
  return said.length === 0 ? null : said.join(", ");
}
