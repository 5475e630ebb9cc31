import { callbackSecretBinding } from "../domain/callback-secret.ts";
import { isSealed, masterSealer, SealBroken, settingBinding } from "../domain/cipher.ts";
import type { AuthorizationId, BankId } from "../domain/ids.ts";
import type { Secret } from "../domain/secret.ts";
import type { SealedPlace, SealedRow } from "../store/reads.ts";
import type { Store } from "../store/store.ts";
import { memoryBinding } from "./attempt.ts";
import { revokeBinding } from "./revoke-job.ts";
import { keyBinding } from "./vault.ts";

/** Jobs last: they alone may be made anew from a row that was read before, by a process that seals with the current key. */
const PLACES: readonly SealedPlace[] = ["setting", "tenant", "consent_key", "authorization_attempt", "job"];
const BATCH = 100;

export interface Rewrapped {
  readonly rewrapped: number;
  /** Sealed with a key that is neither the current nor the one before. */
  readonly unreadable: number;
}

/**
 * The change of the master key: whatever the key before has sealed is sealed with the current one. Consents' own keys stay, only their
 * wrapping changes, so that no bank data is touched. Each batch is a transaction of its own, and what is sealed anew is passed over: the
 * command may die at any point and be started again, while hubs that hold both keys go on.
 * @param onBatch - after each commit
 */
export async function rewrapAll(
  parts: { readonly store: Pick<Store, "sealedRows" | "tx">; readonly masterKey: Secret },
  onBatch: (place: SealedPlace, rewrapped: number) => void = () => undefined,
): Promise<Rewrapped> {
  const sealer = masterSealer(parts.masterKey);
  let [rewrapped, unreadable] = [0, 0];

  /** Null where nothing is to be done. @throws SealBroken */
  const anew = (row: SealedRow): string | null => {
    const found = sealedIn(row);
    if (found === null || sealer.isCurrent(found.sealed)) return null;
    return row.text.replace(found.sealed, sealer.seal(sealer.open(found.sealed, found.binding), found.binding));
  };

  for (const place of PLACES) {
    for (let after = ""; ;) {
      const rows = await parts.store.sealedRows(place, after, BATCH);
      const changes: { readonly row: SealedRow; readonly text: string }[] = [];
      for (const row of rows) {
        try {
          const text = anew(row);
          if (text !== null) changes.push({ row, text });
        } catch (error) {
          if (!(error instanceof SealBroken)) throw error;
          unreadable++;
        }
      }
      if (changes.length > 0)
        rewrapped += await parts.store.tx(async (tx) => {
          let done = 0;
          for (const { row, text } of changes) if (await tx.replaceSealed(row, text)) done++;
          return done;
        });
      onBatch(place, rewrapped);
      const last = rows[rows.length - 1];
      if (!last || rows.length < BATCH) break;
      after = last.id;
    }
  }
  return { rewrapped, unreadable };
}

function sealedIn(row: SealedRow): { readonly sealed: string; readonly binding: readonly string[] } | null {
  const { text, id, tenantId, consentId } = row;
  switch (row.place) {
    case "setting":
      return isSealed(text) ? { sealed: text, binding: settingBinding(id) } : null;
    case "tenant":
      return tenantId === null ? null : { sealed: text, binding: callbackSecretBinding(tenantId) };
    case "consent_key":
      return tenantId === null || consentId === null ? null : { sealed: text, binding: keyBinding(tenantId, consentId) };
    case "authorization_attempt":
      return consentId === null ? null : { sealed: text, binding: memoryBinding(consentId, id as AuthorizationId) };
    case "job": {
      const payload: unknown = JSON.parse(text);
      if (typeof payload !== "object" || payload === null || !("sealed" in payload) || !("bankId" in payload)) return null;
      return { sealed: String(payload.sealed), binding: revokeBinding(String(payload.bankId) as BankId) };
    }
  }
}
