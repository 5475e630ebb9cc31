import { randomBytes } from "node:crypto";
import { sealCallbackSecret } from "../domain/callback-secret.ts";
import { masterSealer } from "../domain/cipher.ts";
import { newId } from "../domain/ids.ts";
import type { Secret } from "../domain/secret.ts";
import type { Tenant } from "../domain/tenant.ts";
import type { Clock } from "../domain/time.ts";
import type { ApiKey } from "../store/reads.ts";
import type { Store } from "../store/store.ts";
import type { TenantAdmin } from "./access.ts";
import { hashApiKey, newApiKey } from "./keys.ts";
import { apiKeyPepper } from "./shared-secret.ts";
import { tenantUrlFaults } from "./urls.ts";

const LIVE_KEYS = 2;

/** What an operator asked for and cannot have; the message says why and what to do. */
export class TenantRefusal extends Error {
  override readonly name = "TenantRefusal";
}

export function createTenantAdmin(parts: { store: Store; clock: Clock; masterKey: Secret }): TenantAdmin {
  const { store, clock } = parts;
  const sealer = masterSealer(parts.masterKey);

  const makeKey = async (tenant: Pick<Tenant, "id" | "environment">): Promise<{ row: ApiKey; apiKey: string }> => {
    const { keyId, secret, apiKey } = newApiKey(tenant.environment);
    const hash = hashApiKey(secret, await apiKeyPepper(store, sealer));
    return { row: { keyId, tenantId: tenant.id, hash, createdAt: clock.now(), revokedAt: null }, apiKey };
  };

  return {
    async create({ name, environment, redirectUrls, callbackUrls }) {
      const faults = tenantUrlFaults({ redirectUrls, updateCallbackUrls: callbackUrls }, environment);
      if (faults.length > 0) throw new TenantRefusal(faults.map(({ path, message }) => `${path.join(" ")}: ${message}`).join("\n"));
      const id = newId("ten", clock.now());
      // The form that Standard Webhooks libraries take as it is.
      const callbackSecret = `whsec_${randomBytes(32).toString("base64")}`;
      const tenant: Tenant = {
        id,
        name: name.trim(),
        environment,
        redirectUrls,
        updateCallbackUrls: callbackUrls,
        callbackSecretSealed: sealCallbackSecret(sealer, id, callbackSecret),
        createdAt: clock.now(),
      };
      const { row, apiKey } = await makeKey(tenant);
      await store.tx(async (tx) => {
        await tx.insertTenant(tenant);
        await tx.insertApiKey(row);
      });
      return { tenantId: id, apiKey, callbackSecret };
    },

    async list() {
      const tenants = await store.tenants();
      return Promise.all(
        tenants.map(async (tenant) => ({
          ...tenant,
          keys: (await store.apiKeys(tenant.id)).map(({ keyId, createdAt, revokedAt }) => ({ keyId, createdAt, revokedAt })),
        })),
      );
    },

    async rotateKey(tenantId) {
      const tenant = await store.tenant(tenantId);
      if (!tenant) throw new TenantRefusal(`there is no tenant ${tenantId}`);
      const { row, apiKey } = await makeKey(tenant);
      await store.tx(async (tx) => {
        const live = (await tx.apiKeys(tenantId)).filter((key) => key.revokedAt === null);
        if (live.length >= LIVE_KEYS)
          throw new TenantRefusal(`${tenantId} has two live keys: revoke one of ${live.map((key) => key.keyId).join(", ")} first`);
        await tx.insertApiKey(row);
      });
      return { tenantId, apiKey };
    },

    revokeKey: (keyId) => store.tx((tx) => tx.revokeApiKey(keyId, clock.now())),
  };
}
