import { BankError } from "../../domain/failure.ts";
import type { GrantCall } from "../connector.ts";
import { linkOf } from "../kit/links.ts";
import { rowOf, type Row } from "../kit/wire.ts";
import type { StetClient } from "./client.ts";
import type { RawAccounts } from "./fetch-accounts.ts";
import type { GrantMemory } from "./handle.ts";
import { consentReference, hasLinks, identityOf } from "./normalise-account.ts";

type Sender = Pick<GrantMemory, "accessToken" | "request">;

const LINKS = { BALANCES: "balances", TRANSACTIONS: "transactions" } as const;

/**
 * The mixed detailed consent (A2): what the person agreed to with us is told to the bank, for all accounts that it lists.
 * @returns identities of the accounts sent; null where the bank decides alone (A1)
 */
export async function sendConsent(
  client: StetClient,
  memory: Sender & Pick<GrantMemory, "mixed">,
  call: Pick<GrantCall, "psu">,
  list: RawAccounts,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const { model } = client.profile.consent;
  const offered = linkOf(list.head, "consents");
  // 1.4 has no link for it: a right that was asked for and that no account shows then says it.
  const closed = list.items.length > 0 && missesRight(memory.request.scopes, list.items);
  if (model === "full" || (model === "auto" && offered === null && !closed && !memory.mixed)) return null;
  const references = list.items.map(consentReference).filter((reference) => reference !== null);
  try {
    await putConsent(client, memory, call, { references, link: offered }, signal);
  } catch (error) {
    // Only an offer, or only a guess of ours: what the accounts show is then all there is.
    const needed = model === "mixed" || memory.mixed || (offered !== null && closed);
    if (needed || !(error instanceof BankError) || ["BANK_TEMPORARY", "RATE_LIMITED", "TPP_NOT_ACCEPTED"].includes(error.failure))
      throw error;
    return null;
  }
  return references.map(identityOf);
}

/**
 * An account that was not there when the consent was sent (a new card, in France one a month) is added to it, only while the person is there. One
 * that was, and has lost its links, was taken away at the bank: it stays away.
 * @returns true where the list is to be read again
 */
export async function widenConsent(
  client: StetClient,
  memory: GrantMemory,
  call: GrantCall,
  list: RawAccounts,
  signal: AbortSignal,
): Promise<boolean> {
  const { consented } = memory;
  if (consented === null || call.psu === null || !client.profile.consent.newAccounts) return false;
  const kept: Row[] = [];
  let added = 0;
  for (const item of list.items) {
    const reference = consentReference(item);
    if (reference === null) continue;
    const isNew = !hasLinks(item) && !consented.includes(identityOf(reference));
    if (isNew) added += 1;
    if (isNew || hasLinks(item)) kept.push(reference);
  }
  if (added === 0) return false;
  await putConsent(client, memory, call, { references: kept, link: linkOf(list.head, "consents") }, signal);
  return true;
}

function missesRight(scopes: GrantMemory["request"]["scopes"], items: readonly unknown[]): boolean {
  return Object.entries(LINKS).some(
    ([scope, name]) => scopes.some((one) => one === scope) && !items.some((item) => linkOf(rowOf(item), name) !== null),
  );
}

/** Takes everything back: the mixed model's only way to end a consent. */
export async function emptyConsent(
  client: StetClient,
  memory: GrantMemory,
  call: Pick<GrantCall, "psu">,
  signal: AbortSignal,
): Promise<void> {
  await putConsent(client, { ...memory, request: { ...memory.request, scopes: [] } }, call, { references: [], link: null }, signal);
}

/** PUT /consents replaces what was sent before. */
async function putConsent(
  client: StetClient,
  { accessToken, request }: Sender,
  { psu }: Pick<GrantCall, "psu">,
  target: { readonly references: readonly Row[]; readonly link: string | null },
  signal: AbortSignal,
): Promise<void> {
  const wants = (scope: (typeof request.scopes)[number]): readonly Row[] => (request.scopes.includes(scope) ? target.references : []);
  const body: Row = {
    balances: wants("BALANCES"),
    transactions: wants("TRANSACTIONS"),
    trustedBeneficiaries: false,
    psuIdentity: request.scopes.includes("IDENTITY"),
  };
  const url = target.link === null ? client.url("consents") : client.follow(target.link);
  const call = { operation: "consents" as const, method: "PUT" as const, url, accessToken, psu };
  const { owners } = client.profile.consent;
  if (owners !== "never") {
    try {
      await client.call({ ...call, body: { ...body, owners: wants("IDENTITY") } }, signal);
      return;
    } catch (error) {
      if (owners === "always" || !refusesBody(error)) throw error;
    }
  }
  await client.call({ ...call, body }, signal);
}

/** A bank of 1.4 that knows no `owners`. */
function refusesBody(error: unknown): boolean {
  return error instanceof BankError && (error.failure === "BAD_REQUEST" || error.failure === "NOT_SUPPORTED");
}
