import { randomBytes } from "node:crypto";
import type { GrantHandle } from "../connectors/connector.ts";
import { createSealer, KEY_BYTES, masterSealer, type Sealer } from "../domain/cipher.ts";
import type { Consent, Grant } from "../domain/consent.ts";
import type { ConsentId, GrantId, TenantId } from "../domain/ids.ts";
import { Secret } from "../domain/secret.ts";

/**
 * Encryption of what belongs to a consent: one random key per consent, itself sealed under the master key (security.md, Data at rest).
 * Erasing the key erases everything sealed with it, wherever a copy may lie.
 */
export interface Vault {
  /** The hub's own sealer, for what must outlive a consent or is worthless after minutes. */
  readonly master: Sealer;
  newKey(owner: KeyOwner): { wrapped: string; key: ConsentKey };
  /** @throws SealBroken where the wrapped key belongs to another consent or master key */
  openKey(wrapped: string, owner: KeyOwner): ConsentKey;
}

export type KeyOwner = Pick<Consent, "id" | "tenantId">;

/** `column` names the table's column and the row; a text moved to another row does not open. */
export interface ConsentKey {
  seal(column: string, plain: string): string;
  open(column: string, sealed: string): string;
}

export function createVault(masterKey: Secret): Vault {
  const master = masterSealer(masterKey);
  return {
    master,
    newKey(owner) {
      const key = randomBytes(KEY_BYTES);
      return { wrapped: master.seal(key.toString("base64"), keyBinding(owner.tenantId, owner.id)), key: consentKey(key, owner) };
    },
    openKey(wrapped, owner) {
      return consentKey(Buffer.from(master.open(wrapped, keyBinding(owner.tenantId, owner.id)), "base64"), owner);
    },
  };
}

export function sealHandle(key: ConsentKey, grant: GrantId, handle: GrantHandle): string {
  return key.seal(handleColumn(grant), handle.data.reveal());
}

/** Null for a grant without tokens: one that has ended. */
export function openHandle(key: ConsentKey, grant: Grant): GrantHandle | null {
  if (grant.sealedHandle === null) return null;
  return { data: new Secret(key.open(handleColumn(grant.id), grant.sealedHandle)), accessExpiresAt: grant.accessExpiresAt };
}

function consentKey(key: Uint8Array, { id, tenantId }: KeyOwner): ConsentKey {
  const sealer = createSealer(key);
  return {
    seal: (column, plain) => sealer.seal(plain, [tenantId, id, column]),
    open: (column, sealed) => sealer.open(sealed, [tenantId, id, column]),
  };
}

export function keyBinding(tenant: TenantId, consent: ConsentId): readonly string[] {
  return [tenant, consent, "consent_key"];
}

function handleColumn(grant: GrantId): string {
  return `grant.handle/${grant}`;
}
