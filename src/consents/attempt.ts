import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Connector, GrantHandle, OpenedGrant } from "../connectors/connector.ts";
import type { Bank } from "../domain/bank.ts";
import type { Authorization, Consent, Grant } from "../domain/consent.ts";
import { BankError } from "../domain/failure.ts";
import { newId, type AuthorizationId, type ConsentId } from "../domain/ids.ts";
import { addDays, dayIn, MINUTE, SECOND } from "../domain/time.ts";
import type { PsuContext } from "../domain/update.ts";
import type { Tx } from "../store/store.ts";
import { pause, type Tools } from "./tools.ts";
import { sealHandle, type ConsentKey } from "./vault.ts";

/**
 * One attempt of the user at the bank. The bank is asked first, outside any transaction; what it answered is written by the caller's.
 */
const ATTEMPT_LIFE = 30 * MINUTE;
/** The longest access the RTS knows without the user coming back (article 10a). */
const LONGEST_ACCESS_DAYS = 180;
const RETRY_PAUSES = [SECOND / 4, SECOND];

/** What the hub must remember of an attempt; sealed under the master key, because it is worthless after half an hour. */
export interface AttemptMemory {
  readonly authorizationUrl: string;
  readonly state: string;
  readonly codeVerifier: string;
  readonly nonce: string;
  /** The attempt is decided by asking the bank, whether or not the browser comes back. */
  readonly polling: boolean;
  readonly sameGrant: boolean;
  /** Hashes of callback parameters that were already used: of a redirect in several legs each leg counts once. */
  readonly usedReturns: readonly string[];
}

const MEMORY = z.object({
  authorizationUrl: z.string(),
  state: z.string(),
  codeVerifier: z.string(),
  nonce: z.string(),
  polling: z.boolean(),
  sameGrant: z.boolean(),
  usedReturns: z.array(z.string()),
});

export interface Attempt {
  readonly opened: OpenedGrant;
  readonly memory: AttemptMemory;
}

/** @throws BankError after two retries of what is likely to pass; the signal's reason */
export async function openAtBank(
  tools: Tools,
  request: {
    readonly connector: Connector;
    readonly bank: Bank;
    readonly scopes: Consent["scopes"];
    readonly psuType: Consent["psuType"];
    readonly psu: PsuContext | null;
    readonly renews: GrantHandle | null;
  },
  signal: AbortSignal,
): Promise<Attempt> {
  const { connector, bank, scopes, psuType, psu, renews } = request;
  const [state, codeVerifier, nonce] = [randomText(), randomText(), randomText()];
  // One day less than allowed: some banks count today, and refuse the round number (design.md section 5).
  const days = Math.max(0, Math.min(bank.maxConsentDays ?? LONGEST_ACCESS_DAYS, LONGEST_ACCESS_DAYS) - 1);
  const validUntil = addDays(dayIn(bank.timeZone, tools.clock.now()), days);
  const redirectUri = redirectUriOf(tools, bank);
  const opened = await retried(
    () => connector.openGrant({ scopes, psuType, state, codeVerifier, nonce, redirectUri, validUntil, psu, renews }, signal),
    signal,
  );
  const { authorizationUrl, decoupled, sameGrant = false } = opened;
  return { opened, memory: { authorizationUrl, state, codeVerifier, nonce, polling: decoupled, sameGrant, usedReturns: [] } };
}

/** Writes the new grant and the attempt; older open attempts of the consent end. */
export async function insertAttempt(
  tools: Tools,
  tx: Tx,
  consent: Pick<Consent, "id" | "userId" | "bankId" | "redirectUrl">,
  key: ConsentKey,
  { opened, memory }: Attempt,
): Promise<void> {
  const now = tools.clock.now();
  const grant: Grant = {
    id: newId("gra", now),
    userId: consent.userId,
    consentId: consent.id,
    status: "OPENING",
    sealedHandle: null,
    accessExpiresAt: opened.handle.accessExpiresAt,
    validUntil: null,
    authorizedAt: null,
    refreshOwner: null,
    refreshUntil: null,
    createdAt: now,
    endedAt: null,
  };
  await tx.insertGrant({ ...grant, sealedHandle: sealHandle(key, grant.id, opened.handle) });
  const id = newId("aut", now);
  await tx.closeAuthorizations(consent.id, now, null);
  await tx.insertAuthorization({
    id,
    userId: consent.userId,
    consentId: consent.id,
    grantId: grant.id,
    bankId: consent.bankId,
    stateHash: hashOf(memory.state),
    sealed: sealMemory(tools, id, consent.id, memory),
    redirectUrl: consent.redirectUrl,
    status: "OPEN",
    expiresAt: Math.min(opened.expiresAt ?? Infinity, now + ATTEMPT_LIFE),
    createdAt: now,
    returnedAt: null,
    finishedAt: null,
  });
  if (memory.polling) await enqueuePoll(tools, tx, id, consent.id, now + SECOND);
}

export async function enqueuePoll(tools: Tools, tx: Tx, id: AuthorizationId, consentId: ConsentId, runAt: number): Promise<void> {
  const payload = { kind: "attempt", authorizationId: id };
  await tools.jobs.enqueue(tx, { queue: "authorization", key: id, groupKey: null, consentId, payload, runAt });
}

export function sealMemory(tools: Tools, id: AuthorizationId, consentId: ConsentId, memory: AttemptMemory): string {
  return tools.vault.master.seal(JSON.stringify(memory), memoryBinding(consentId, id));
}

export function openMemory(tools: Tools, authorization: Pick<Authorization, "id" | "consentId" | "sealed">): AttemptMemory {
  const { id, consentId, sealed } = authorization;
  return MEMORY.parse(JSON.parse(tools.vault.master.open(sealed, memoryBinding(consentId, id))));
}

export function memoryBinding(consent: ConsentId, attempt: AuthorizationId): readonly string[] {
  return [consent, attempt, "authorization"];
}

/** What stands in the place of a memory that is erased. */
export function emptyMemory(tools: Tools, authorization: Pick<Authorization, "id" | "consentId">): string {
  const nothing = { authorizationUrl: "", state: "", codeVerifier: "", nonce: "" };
  return sealMemory(tools, authorization.id, authorization.consentId, { ...nothing, polling: false, sameGrant: false, usedReturns: [] });
}

/** One redirect URI per bank, so that an answer of one bank cannot be passed off as another's. */
export function redirectUriOf(tools: Tools, bank: Pick<Bank, "id">): string {
  return `${tools.publicUrl}/callback/${bank.id}`;
}

/** SHA-256, base64url: what is looked up without being kept. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** Repeats what may pass by itself, unless the lost answer may have changed something (`safe` false). */
export async function retried<T>(run: () => Promise<T>, signal: AbortSignal, options: { repeatUnknown?: boolean } = {}): Promise<T> {
  const { repeatUnknown = true } = options; // a second, unused consent at the bank harms nobody
  for (const ms of RETRY_PAUSES) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof BankError) || error.failure !== "BANK_TEMPORARY" || (error.outcomeUnknown && !repeatUnknown)) throw error;
      await pause(ms, signal);
    }
  }
  return run();
}

// 256 bits in 43 characters: also the shortest PKCE verifier that RFC 7636 allows.
function randomText(): string {
  return randomBytes(32).toString("base64url");
}
