import { BankRevocation, type Consent, type DeletionReceipt } from "../domain/consent.ts";
import { BankError } from "../domain/failure.ts";
import { newId, type ConsentId, type GrantId, type UserId } from "../domain/ids.ts";
import type { Outcome } from "../domain/refusal.ts";
import type { Owner } from "../domain/tenant.ts";
import { SECOND } from "../domain/time.ts";
import type { Tx } from "../store/store.ts";
import { openGrant } from "./grant-keeper.ts";
import { enqueueRevoke } from "./revoke-job.ts";
import { announce, wakeJobs, type Tools } from "./tools.ts";
import { openHandle } from "./vault.ts";

/** How long a caller waits for the bank; after that the revocation goes on in the background. */
const BANK_DEADLINE = 5 * SECOND;
const PAGE = 100;

interface Erased {
  readonly bankRevocation: BankRevocation;
  readonly accounts: number;
  readonly transactions: number;
}

/** Ends the access at the bank and removes everything acquired with the consent; the log keeps the ids of what went. */
export async function eraseConsent(tools: Tools, owner: Owner, id: ConsentId, signal: AbortSignal): Promise<Outcome<DeletionReceipt>> {
  const consent = (await tools.store.consentsByIds(owner, [id])).get(id);
  const erased = consent && (await erase(tools, owner, consent, signal));
  if (!erased) return { ok: false, refusals: [{ type: "NotFound", message: "There is no such consent.", path: ["consentId"] }] };
  await tools.store.scrub();
  return { ok: true, value: receipt(tools, [erased]) };
}

/** Every consent of the user as {@link eraseConsent} does it, then the user and the log. */
export async function eraseUser(tools: Tools, owner: Owner, user: UserId, signal: AbortSignal): Promise<Outcome<DeletionReceipt>> {
  if (!(await tools.store.usersByIds(owner, [user])).has(user))
    return { ok: false, refusals: [{ type: "NotFound", message: "There is no such user.", path: ["user"] }] };
  const all: Erased[] = [];
  for (;;) {
    const page = { limit: PAGE, position: null, backward: false };
    const consents = (await tools.store.consentsOfUsers(owner, [user], { statuses: null }, page)).get(user)?.rows ?? [];
    if (consents.length === 0) break;
    // The banks are waited for at the same time, so that the slowest decides and not their sum.
    const erased = await Promise.all(consents.map((consent) => erase(tools, owner, consent, signal)));
    all.push(...erased.flatMap((one) => (one ? [one] : [])));
  }
  await tools.store.tx((tx) => tx.deleteUser(user));
  await tools.store.scrub();
  tools.hints.send({ topic: "user", id: user });
  tools.hints.send({ topic: "credentials" });
  tools.log.info({ audit: "erasure", user, consents: all.length }, "user erased");
  return { ok: true, value: receipt(tools, all) };
}

/** Null where somebody else has erased it meanwhile. */
async function erase(tools: Tools, owner: Owner, consent: Consent, signal: AbortSignal): Promise<Erased | null> {
  const { id, userId } = consent;
  const active = await tools.store.activeUpdate(id);
  if (active) await tools.requests.cancel(owner, active.id);
  const ended = await endAtBank(tools, consent, signal);
  const erased = await tools.store.tx(async (tx) => {
    if (!(await tx.consent(id))) return null;
    await revokeInBackground(tools, tx, consent, ended.bankRevocation === "RETRYING" ? null : ended.grant);
    const gone = await tx.eraseConsent(id);
    const accounts = gone.accounts.map((subjectId) => ({ type: "AccountDeleted" as const, subjectId, consentId: null }));
    await tx.appendChanges(userId, tools.clock.now(), [...accounts, { type: "ConsentDeleted", subjectId: id, consentId: null }]);
    return { bankRevocation: ended.bankRevocation, accounts: gone.accounts.length, transactions: gone.transactions };
  });
  if (!erased) return null;
  wakeJobs(tools);
  announce(tools, consent);
  if (active) tools.hints.send({ topic: "update", id: active.id });
  tools.log.info({ audit: "erasure", consent: id, bank: consent.bankId, ...erased }, "consent erased");
  return erased;
}

/** One try within the deadline. `grant` = the one the answer speaks of. */
async function endAtBank(
  tools: Tools,
  consent: Consent,
  signal: AbortSignal,
): Promise<{ readonly bankRevocation: BankRevocation; readonly grant: GrantId | null }> {
  if (consent.givenAt === null) return { bankRevocation: "NOT_GIVEN", grant: null };
  const open = await openGrant(tools, consent, null);
  const grant = consent.currentGrantId;
  if (!open) return { bankRevocation: grant === null ? "ALREADY_ENDED" : "RETRYING", grant };
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(BANK_DEADLINE)]);
  try {
    return { bankRevocation: await open.call((call, within) => open.connector.revoke(call, within), bounded), grant };
  } catch (error) {
    if (error instanceof BankError && error.failure === "CONSENT_INVALID") return { bankRevocation: "ALREADY_ENDED", grant };
    tools.log.warn({ consent: consent.id, bank: consent.bankId, err: error }, "revocation goes on in the background");
    return { bankRevocation: "RETRYING", grant };
  }
}

/** Whatever grants the consent still has tokens of, but for the one that the bank has just ended: also attempts that nobody finished. */
async function revokeInBackground(tools: Tools, tx: Tx, consent: Consent, done: GrantId | null): Promise<void> {
  const wrapped = await tx.wrappedKey(consent.id);
  if (wrapped === null) return;
  const key = tools.vault.openKey(wrapped, consent);
  for (const grant of await tx.grantsOfConsent(consent.id)) {
    const handle = grant.id === done ? null : openHandle(key, grant);
    if (handle) await enqueueRevoke(tools, tx, consent.bankId, handle);
  }
}

/** The receipt of several is as good as the worst of them that was ever given. */
function receipt(tools: Tools, erased: readonly Erased[]): DeletionReceipt {
  const order = [BankRevocation.RETRYING, BankRevocation.DONE, BankRevocation.ALREADY_ENDED] as const;
  const now = tools.clock.now();
  return {
    id: newId("rec", now),
    bankRevocation: order.find((outcome) => erased.some((one) => one.bankRevocation === outcome)) ?? "NOT_GIVEN",
    consents: erased.length,
    accounts: erased.reduce((sum, one) => sum + one.accounts, 0),
    transactions: erased.reduce((sum, one) => sum + one.transactions, 0),
    completedAt: now,
  };
}
