import { openCallbackSecret } from "../domain/callback-secret.ts";
import type { Secret } from "../domain/secret.ts";
import type { Tenant } from "../domain/tenant.ts";
import { openMemory } from "./attempt.ts";
import { workAuthorizations } from "./authorization-job.ts";
import { returned } from "./callback.ts";
import { createConnectors } from "./connectors.ts";
import type { Consents } from "./consents.ts";
import { eraseConsent, eraseUser } from "./erase.ts";
import { createGrantKeeper } from "./grant-keeper.ts";
import type { Grants } from "./grants.ts";
import { createConsent } from "./open.ts";
import { renewConsent } from "./renew.ts";
import { workRevocations } from "./revoke-job.ts";
import { setSchedule } from "./schedule.ts";
import { workSweeps, type SweepParts } from "./sweep.ts";
import type { ConsentParts, Tools } from "./tools.ts";
import { createVault } from "./vault.ts";

export interface ConsentService extends Consents, AsyncDisposable {
  readonly grants: Grants;
  /** The tenant's secret for signed callbacks, `whsec_…`. */
  openTenantSecret(tenant: Pick<Tenant, "id" | "callbackSecretSealed">): Secret;
  /** Starts the background work in this process: authorizations without a browser, revocations, the sweep. */
  registerWorkers(parts: SweepParts): Promise<void>;
}

export function createConsents(parts: ConsentParts): ConsentService {
  const { masterKey, ...rest } = parts;
  const connectors = createConnectors(parts.connectorFor);
  const tools: Tools = { ...rest, connectorFor: connectors.of, vault: createVault(masterKey) };
  return {
    grants: createGrantKeeper(tools),
    create: (request, signal) => createConsent(tools, request, signal),
    renew: (owner, consent, redirectUrl, psu, signal) => renewConsent(tools, owner, consent, { redirectUrl, psu }, signal),
    erase: (owner, consent, signal) => eraseConsent(tools, owner, consent, signal),
    eraseUser: (owner, user, signal) => eraseUser(tools, owner, user, signal),
    setSchedule: (owner, consent, timesPerDay) => setSchedule(tools, owner, consent, timesPerDay),
    async authorizationUrls(owner, consents) {
      const open = await tools.store.openAuthorizations(owner, consents, tools.clock.now());
      return new Map([...open].map(([consent, attempt]) => [consent, openMemory(tools, attempt).authorizationUrl]));
    },
    async returned(bankId, parameters, browser, signal) {
      signal.throwIfAborted(); // before anything is used up; afterwards the exchange runs to its end
      return returned(tools, bankId, parameters, browser);
    },
    openTenantSecret: (tenant) => openCallbackSecret(tools.vault.master, tenant),
    async registerWorkers(sweepParts) {
      workAuthorizations(tools);
      workRevocations(tools);
      await workSweeps(tools, sweepParts);
    },
    [Symbol.asyncDispose]: () => connectors[Symbol.asyncDispose](),
  };
}
