import { BankError } from "../domain/failure.ts";
import { nodeTypeOf, type ConsentId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { PsuContext } from "../domain/update.ts";
import type { NewJob } from "../jobs/jobs.ts";
import { compareAccounts } from "./account-list.ts";
import type { SyncParts } from "./parts.ts";

/** What the job carries: the consent, and the user whose browser just came back from the bank. */
export interface FirstAccounts {
  readonly consentId: ConsentId;
  readonly psu: PsuContext | null;
}

/**
 * The account list of a consent just given, without an update (engine.md section 1: some banks serve it for five minutes only). In the
 * updates' own queue and group, so that no update of the consent runs at the same time.
 */
export function firstAccountsJob({ consentId, psu }: FirstAccounts, runAt: Instant): NewJob {
  return { queue: "update", key: `accounts/${consentId}`, groupKey: consentId, consentId, payload: { accountsOf: consentId, psu }, runAt };
}

/** Null for a payload of another job of the queue. */
export function firstAccountsOf(payload: Readonly<Record<string, unknown>>): FirstAccounts | null {
  const id = payload["accountsOf"];
  if (typeof id !== "string" || nodeTypeOf(id) !== "Consent") return null;
  return { consentId: id as ConsentId, psu: psuOf(payload["psu"]) };
}

/** One try: what the bank does not tell now, the first update asks for again. */
export async function readFirstAccounts(parts: SyncParts, { consentId, psu }: FirstAccounts, signal: AbortSignal): Promise<void> {
  const { store, clock, log, hints } = parts;
  const consent = await store.consent(consentId);
  const open = consent?.status === "GIVEN" ? await parts.grants.open(consent, psu) : null;
  if (!consent || !open) return;
  const { grant, connector } = open;
  const call = { userId: grant.userId, grantId: grant.id, consentId, accountId: "", endpoint: "ACCOUNTS", attended: psu !== null };
  await store.tx((tx) => tx.recordCall({ ...call, at: clock.now() }));
  try {
    const list = await open.call((grantCall, within) => connector.accounts(grantCall, within), signal);
    const now = clock.now();
    // Nobody else writes accounts of this consent: updates are in the same group.
    const { changes, write } = compareAccounts(await store.accountsOfConsent(consentId), list, { consent, updateId: null, now });
    await store.tx(async (tx) => {
      const current = await tx.consent(consentId);
      if (current?.currentGrantId !== grant.id) return; // erased or renewed meanwhile
      await write(tx);
      if (changes.length > 0) await tx.appendChanges(consent.userId, now, changes);
    });
    hints.send({ topic: "user", id: consent.userId });
  } catch (error) {
    if (!(error instanceof BankError)) throw error;
    log.warn({ consent: consentId, failure: error.failure, code: error.code }, "accounts not read at once");
  }
}

function psuOf(value: unknown): PsuContext | null {
  if (typeof value !== "object" || value === null || !("ipAddress" in value) || typeof value.ipAddress !== "string") return null;
  const text = (name: string): string | null => {
    const found: unknown = Reflect.get(value, name);
    return typeof found === "string" ? found : null;
  };
  return { ipAddress: value.ipAddress, userAgent: text("userAgent"), acceptLanguage: text("acceptLanguage") };
}
