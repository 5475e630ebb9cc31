import { randomBytes } from "node:crypto";
import type { Environment } from "../domain/bank.ts";
import { sealCallbackSecret } from "../domain/callback-secret.ts";
import { masterSealer } from "../domain/cipher.ts";
import { newId, type TenantId } from "../domain/ids.ts";
import type { Outcome, Refusal } from "../domain/refusal.ts";
import type { Secret } from "../domain/secret.ts";
import { MADE_BY_OPERATOR, type Tenant } from "../domain/tenant.ts";
import type { Clock } from "../domain/time.ts";
import type { ApiKey } from "../store/reads.ts";
import type { Store, Tx } from "../store/store.ts";
import type { TenantAdmin } from "./access.ts";
import { createAuthority } from "./authority.ts";
import { hashApiKey, newApiKey } from "./keys.ts";
import { addressFaults, productFaults, productionFaults, registrationFaults } from "./new-tenant.ts";
import { apiKeyPepper } from "./shared-secret.ts";
import { tenantUrlFaults } from "./urls.ts";

const LIVE_KEYS = 2;
/** Registrations that wait for an operator: whoever registers need not say who they are. */
const MOST_WAITING = 1_000;

/** What an operator asked for and cannot have; the message says why and what to do. */
export class TenantRefusal extends Error {
  override readonly name = "TenantRefusal";
}

export function createTenantAdmin(parts: { store: Store; clock: Clock; masterKey: Secret }): TenantAdmin {
  const { store, clock } = parts;
  const sealer = masterSealer(parts.masterKey);
  const authority = createAuthority({ store, sealer, clock });

  const makeKey = async (tenant: Pick<Tenant, "id" | "environment">): Promise<{ row: ApiKey; apiKey: string }> => {
    const { keyId, secret, apiKey } = newApiKey(tenant.environment);
    const hash = hashApiKey(secret, await apiKeyPepper(store, sealer));
    return { row: { keyId, tenantId: tenant.id, hash, createdAt: clock.now(), revokedAt: null }, apiKey };
  };

  /** A new tenant with its first key, ready to be inserted. */
  const make = async (
    wish: Pick<Tenant, "name" | "environment" | "redirectUrls" | "updateCallbackUrls"> & Partial<Tenant>,
  ): Promise<{ tenant: Tenant; apiKey: string; callbackSecret: string; insert: (tx: Tx) => Promise<void> }> => {
    const id = newId("ten", clock.now());
    // The form that Standard Webhooks libraries take as it is.
    const callbackSecret = `whsec_${randomBytes(32).toString("base64")}`;
    const callbackSecretSealed = sealCallbackSecret(sealer, id, callbackSecret);
    const tenant: Tenant = { ...MADE_BY_OPERATOR, ...wish, name: wish.name.trim(), id, callbackSecretSealed, createdAt: clock.now() };
    const { row, apiKey } = await makeKey(tenant);
    const insert = async (tx: Tx): Promise<void> => {
      await tx.insertTenant(tenant);
      await tx.insertApiKey(row);
    };
    return { tenant, apiKey, callbackSecret, insert };
  };

  /** Changes a tenant and answers how it stands then. */
  const patched = async (id: TenantId, patch: Partial<Omit<Tenant, "id" | "environment">>): Promise<Outcome<Tenant>> => {
    await store.tx((tx) => tx.patchTenant(id, patch));
    const tenant = await store.tenant(id);
    return tenant ? { ok: true, value: tenant } : noTenant();
  };

  return {
    async create({ name, environment, redirectUrls, callbackUrls, allowedAddresses = [] }) {
      const faults = [
        ...tenantUrlFaults({ redirectUrls, updateCallbackUrls: callbackUrls }, environment),
        ...(allowedAddresses.length > 0 ? addressFaults(allowedAddresses) : []),
      ];
      if (faults.length > 0) throw new TenantRefusal(faults.map(({ path, message }) => `${path.join(" ")}: ${message}`).join("\n"));
      const made = await make({ name, environment, redirectUrls, updateCallbackUrls: callbackUrls, allowedAddresses });
      await store.tx(made.insert);
      return { tenantId: made.tenant.id, apiKey: made.apiKey, callbackSecret: made.callbackSecret };
    },

    async list() {
      const tenants = await store.tenants();
      return Promise.all(
        tenants.map(async (tenant) => ({
          ...tenant,
          keys: (await store.apiKeys(tenant.id)).map(({ keyId, createdAt, revokedAt }) => ({ keyId, createdAt, revokedAt })),
          certificates: await store.clientCertificates(tenant.id),
        })),
      );
    },

    async rotateKey(tenantId, replaces = null) {
      const tenant = await store.tenant(tenantId);
      if (!tenant) return noTenant();
      const { row, apiKey } = await makeKey(tenant);
      return store.tx(async (tx): Promise<Outcome<{ tenantId: TenantId; keyId: string; apiKey: string }>> => {
        const live = (await tx.apiKeys(tenantId)).filter((key) => key.revokedAt === null);
        const others = live.filter((key) => key.keyId !== replaces);
        if (replaces !== null && others.length === live.length) return refused("NotFound", "There is no such live key.", ["replaces"]);
        if (others.length >= LIVE_KEYS)
          return conflict(`${tenantId} has two live keys: revoke one of ${live.map((key) => key.keyId).join(", ")} first`);
        if (replaces !== null) await tx.revokeApiKey(replaces, clock.now());
        await tx.insertApiKey(row);
        return { ok: true, value: { tenantId, keyId: row.keyId, apiKey } };
      });
    },

    revokeKey: (keyId, tenant = null) =>
      store.tx(async (tx) => {
        if (tenant !== null && (await tx.apiKey(keyId))?.tenantId !== tenant) return false;
        return tx.revokeApiKey(keyId, clock.now());
      }),

    async register(wish) {
      const faults = registrationFaults(wish);
      if (faults.length > 0) return { ok: false, refusals: faults };
      const { name, email, products, redirectUrls } = wish;
      const asked = { requestedProducts: [...new Set(products)], products: [], status: "REGISTERED", email } as const;
      const made = await make({ name, environment: "SANDBOX", redirectUrls, updateCallbackUrls: [], ...asked });
      const isFull = await store.tx(async (tx) => {
        if ((await tx.countTenants("REGISTERED")) >= MOST_WAITING) return true;
        await made.insert(tx);
        return false;
      });
      if (isFull) return conflict("Too many registrations wait for an operator. Try again in some days.");
      return { ok: true, value: made };
    },

    async subscribe(tenantId, products) {
      const faults = productFaults(products);
      return faults.length > 0 ? { ok: false, refusals: faults } : patched(tenantId, { requestedProducts: [...new Set(products)] });
    },

    async requestProduction(sandbox, wish) {
      const environment: Environment = "PRODUCTION";
      if (sandbox.environment === environment) return conflict("This tenant is a production tenant already.");
      const faults = [...productionFaults(wish), ...(await requestFaults(wish.certificateRequest))];
      if (faults.length > 0) return { ok: false, refusals: faults };
      const { redirectUrls, updateCallbackUrls, certificateRequest, addresses } = wish;
      const made = await make({
        name: sandbox.name,
        environment,
        redirectUrls,
        updateCallbackUrls,
        status: "REGISTERED",
        email: sandbox.email,
        products: [],
        requestedProducts: sandbox.products,
        sandboxTenantId: sandbox.id,
        certificateRequest,
        allowedAddresses: addresses,
      });
      const standing = await store.tx(async (tx) => {
        const before = await tx.productionTenantOf(sandbox.id);
        if (before && before.status !== "REFUSED") return before;
        await made.insert(tx);
        return null;
      });
      if (standing) return conflict(`Production was asked for before: ${standing.id} is ${standing.status}.`);
      return { ok: true, value: made };
    },

    async decide(tenantId, approve) {
      const tenant = await store.tenant(tenantId);
      if (!tenant) return noTenant();
      if (!approve) return patched(tenantId, { status: "REFUSED" });
      const { requestedProducts: products, certificateRequest } = tenant;
      const certificate = certificateRequest === null ? null : await authority.issue(tenantId, certificateRequest);
      await store.tx(async (tx) => {
        if (certificate) await tx.insertClientCertificate(certificate);
        await tx.patchTenant(tenantId, { status: "VERIFIED", products });
      });
      return patched(tenantId, { certificateRequest: null });
    },

    async setAddresses(tenantId, addresses) {
      const faults = addressFaults(addresses);
      return faults.length > 0 ? { ok: false, refusals: faults } : patched(tenantId, { allowedAddresses: [...new Set(addresses)] });
    },

    async issueCertificate(tenantId, request) {
      const tenant = await store.tenant(tenantId);
      if (!tenant) return noTenant();
      if (tenant.environment !== "PRODUCTION") return conflict("Only production tenants need a certificate: this one is of the sandbox.");
      const faults = await requestFaults(request);
      if (faults.length > 0) return { ok: false, refusals: faults };
      const certificate = await authority.issue(tenantId, request);
      await store.tx((tx) => tx.insertClientCertificate(certificate));
      return { ok: true, value: certificate };
    },

    async revokeCertificate(fingerprint) {
      await store.tx((tx) => tx.revokeClientCertificate(fingerprint, clock.now()));
      const certificate = await store.clientCertificate(fingerprint);
      if (certificate) return { ok: true, value: certificate };
      return refused("NotFound", "There is no such certificate.", ["fingerprint"]);
    },

    async createOperator(name) {
      const { keyId, secret, apiKey } = newApiKey("OPERATOR");
      const hash = hashApiKey(secret, await apiKeyPepper(store, sealer));
      const id = newId("opr", clock.now());
      await store.tx((tx) => tx.insertOperator({ id, keyId, name: name.trim(), hash, createdAt: clock.now(), revokedAt: null }));
      return { operatorId: id, apiKey };
    },

    revokeOperator: (id) => store.tx((tx) => tx.revokeOperator(id, clock.now())),
    authorityCertificate: () => authority.certificate(),
  };

  async function requestFaults(request: string): Promise<readonly Refusal[]> {
    const message = await authority.requestFault(request);
    return message === null ? [] : [{ type: "InvalidInput", message, path: ["certificateRequest"] }];
  }
}

function refused(type: "NotFound" | "Conflict", message: string, path: readonly string[]): Outcome<never> {
  return { ok: false, refusals: [{ type, message, path }] };
}

function noTenant(): Outcome<never> {
  return refused("NotFound", "There is no such tenant.", ["tenant"]);
}

function conflict(message: string): Outcome<never> {
  return refused("Conflict", message, []);
}
