import type { Environment } from "../domain/bank.ts";
import { masterSealer } from "../domain/cipher.ts";
import type { TenantId, UserId } from "../domain/ids.ts";
import { networkList } from "../domain/network.ts";
import type { Secret } from "../domain/secret.ts";
import type { Tenant } from "../domain/tenant.ts";
import { SECOND, type Clock, type Instant } from "../domain/time.ts";
import type { ApiKey } from "../store/reads.ts";
import type { Store } from "../store/store.ts";
import type { Access, Caller, Peer, Refused } from "./access.ts";
import { createAdmission } from "./admission.ts";
import { createAuthority } from "./authority.ts";
import { createGuesses } from "./guesses.ts";
import { hashApiKey, parseApiKey, sameHash } from "./keys.ts";
import { apiKeyPepper } from "./shared-secret.ts";
import { createUserTokens } from "./user-tokens.ts";

/** How old a key's row may be when it decides: revocation must act within a second. */
const KEY_ROW_AGE = SECOND / 2;
const KEY_ROWS = 1_000;

const REFUSED = {
  kind: "refused",
  message: "The credential is not valid here: it is wrong, expired or revoked. Send Authorization: Bearer <API key or user token>.",
} as const;
const TOO_MANY_GUESSES = "Too many wrong credentials came from this address. Wait, then send the right one.";

export interface AccessParts {
  readonly store: Pick<Store, "setting" | "tx" | "apiKey" | "tenant" | "usersByIds" | "clientCertificate" | "operatorByKey">;
  readonly clock: Clock;
  /** 32 bytes in base64. */
  readonly masterKey: Secret;
  /** Of the hub: a production hub accepts no sandbox tenant's credential. */
  readonly environment: Environment;
  /** Where operators' keys are good from in production. @default this machine alone */
  readonly operatorAddresses?: readonly string[];
}

const LOOPBACK = ["127.0.0.0/8", "::1"];

export async function createAccess(parts: AccessParts): Promise<Access> {
  const { store, clock, environment } = parts;
  const sealer = masterSealer(parts.masterKey);
  const pepper = await apiKeyPepper(store, sealer);
  const tokens = await createUserTokens({ store, clock, sealer });
  const keyRow = cached(clock, (keyId: string) => store.apiKey(keyId));
  const operatorRow = cached(clock, (keyId: string) => store.operatorByKey(keyId));
  const certificateRow = cached(clock, (fingerprint: string) => store.clientCertificate(fingerprint));
  const admission = createAdmission({ authority: createAuthority({ store, sealer, clock }), clock, row: certificateRow });
  const isOperatorsPlace = networkList(parts.operatorAddresses ?? LOOPBACK);

  const liveTenant = async (id: TenantId) => {
    const tenant = await store.tenant(id);
    if (tenant === null || tenant.status === "REFUSED") return null;
    return environment === "SANDBOX" || tenant.environment === "PRODUCTION" ? tenant : null;
  };
  const isAdmitted = async (tenant: Tenant, peer: Peer) => environment === "SANDBOX" || (await admission.admits(tenant, peer));
  const mayOperate = ({ address }: Peer) => environment === "SANDBOX" || isOperatorsPlace(address);
  const liveUser = async (tenantId: TenantId, userId: UserId) =>
    (await store.usersByIds({ tenantId, userId }, [userId])).get(userId) ?? null;
  const liveKey = async (keyId: string): Promise<ApiKey | null> => {
    const row = await keyRow(keyId);
    return row !== null && row.revokedAt === null ? row : null;
  };

  const guesses = createGuesses(clock);

  /** "wrong" = made up; null = it was good once, or is good elsewhere. */
  async function withApiKey(credential: string, peer: Peer): Promise<Caller | "wrong" | null> {
    const { address } = peer;
    const key = parseApiKey(credential);
    if (!key) return "wrong";
    const hash = hashApiKey(key.secret, pepper);
    if (guesses.blockedUntil(address) !== null && !guesses.isKnown(address, hash)) return null;
    if (key.environment === "OPERATOR") {
      const operator = await operatorRow(key.keyId);
      if (!operator || !sameHash(operator.hash, hash)) return "wrong";
      if (operator.revokedAt !== null || !mayOperate(peer)) return null;
      guesses.good(address, hash);
      return { kind: "operator", operator, peer };
    }
    const row = await keyRow(key.keyId);
    if (!row || !sameHash(row.hash, hash)) return "wrong";
    const tenant = row.revokedAt === null ? await liveTenant(row.tenantId) : null;
    if (!tenant || tenant.environment !== key.environment || !(await isAdmitted(tenant, peer))) return null;
    guesses.good(address, hash);
    return { kind: "tenant", owner: { tenantId: tenant.id, userId: null }, tenant, keyId: key.keyId, peer };
  }

  async function withUserToken(credential: string, origin: string | undefined): Promise<Caller | "wrong" | null> {
    const claims = await tokens.verify(credential);
    if (claims === null) return "wrong";
    if (claims === "expired" || (claims.origin !== null && claims.origin !== origin)) return null;
    const [tenant, user] = await Promise.all([liveTenant(claims.tenantId), liveUser(claims.tenantId, claims.userId)]);
    if (tenant?.status !== "VERIFIED" || !user) return null;
    const { scopes, expiresAt } = claims;
    return { kind: "user", owner: { tenantId: tenant.id, userId: user.id }, tenant, user, scopes, expiresAt, origin: claims.origin };
  }

  function refused(address: string, wrong: boolean): Refused {
    if (wrong && address !== "") guesses.wrong(address);
    const retryAt = guesses.blockedUntil(address);
    return retryAt === null ? REFUSED : { kind: "refused", message: TOO_MANY_GUESSES, retryAt };
  }

  return {
    async authenticate(authorization, origin, address = "", certificate = null) {
      if (authorization === undefined) return { kind: "anonymous" };
      const credential = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(authorization.trim())?.[1];
      if (credential === undefined) return refused(address, true);
      const caller = await (credential.startsWith("hub_")
        ? withApiKey(credential, { address, certificate })
        : withUserToken(credential, origin));
      return caller === null || caller === "wrong" ? refused(address, caller === "wrong") : caller;
    },
    async stillValid(caller) {
      switch (caller.kind) {
        case "anonymous":
          return true;
        case "operator":
          return (await operatorRow(caller.operator.keyId))?.revokedAt === null && mayOperate(caller.peer);
        case "tenant": {
          const tenant = (await liveKey(caller.keyId)) && (await liveTenant(caller.tenant.id));
          return tenant !== null && (await isAdmitted(tenant, caller.peer));
        }
        case "user":
          return (
            caller.expiresAt > clock.now() &&
            (await liveTenant(caller.tenant.id))?.status === "VERIFIED" &&
            (await liveUser(caller.owner.tenantId, caller.owner.userId)) !== null
          );
      }
    },
    async createUserToken(tenant, user, { scopes, origin, ttlSeconds }) {
      const bound = origin === null ? null : new URL(origin).origin;
      return tokens.issue({ tenantId: tenant.id, userId: user.id, scopes: [...new Set(scopes)], origin: bound }, ttlSeconds);
    },
  };
}

/** Rows by key for {@link KEY_ROW_AGE}: a busy tenant's key is read twice a second instead of once a request. */
function cached<V>(clock: Clock, read: (key: string) => Promise<V>): (key: string) => Promise<V> {
  const rows = new Map<string, { readonly at: Instant; readonly value: Promise<V> }>();
  return (key) => {
    const now = clock.now();
    const row = rows.get(key);
    if (row && Math.abs(now - row.at) < KEY_ROW_AGE) return row.value;
    if (rows.size >= KEY_ROWS) rows.clear();
    const value = read(key);
    rows.set(key, { at: now, value });
    value.catch(() => rows.delete(key)); // a failed read decides nothing for later callers
    return value;
  };
}
