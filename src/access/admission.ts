import { X509Certificate } from "node:crypto";
import { networkList } from "../domain/network.ts";
import type { Tenant } from "../domain/tenant.ts";
import type { Clock } from "../domain/time.ts";
import type { ClientCertificate } from "../store/reads.ts";
import type { Peer } from "./access.ts";
import type { Authority } from "./authority.ts";
import { fingerprintOf } from "./fingerprint.ts";

/** What a tenant's key needs besides itself in production (security.md, Credentials): a certificate of the hub's, and a listed address. */
export interface Admission {
  admits(tenant: Tenant, peer: Peer): Promise<boolean>;
}

const MOST_VERIFIED = 1_000;

/** @param row - reads a certificate's row; may be half a second old */
export function createAdmission(parts: {
  authority: Pick<Authority, "publicKey">;
  clock: Clock;
  row: (fingerprint: string) => Promise<ClientCertificate | null>;
}): Admission {
  const verified = new Set<string>();

  /** A row alone is not enough: whoever can write rows still lacks the authority's key. */
  async function isOurs(fingerprint: string, der: Uint8Array): Promise<boolean> {
    if (verified.has(fingerprint)) return true;
    const key = await parts.authority.publicKey();
    try {
      if (!new X509Certificate(der).verify(key)) return false;
    } catch {
      return false; // bytes from a header that are no certificate
    }
    if (verified.size >= MOST_VERIFIED) verified.clear();
    verified.add(fingerprint);
    return true;
  }

  return {
    async admits(tenant, { address, certificate }) {
      if (!networkList(tenant.allowedAddresses)(address) || certificate === null) return false;
      const fingerprint = fingerprintOf(certificate);
      const row = await parts.row(fingerprint);
      if (!row || row.tenantId !== tenant.id || row.revokedAt !== null) return false;
      const now = parts.clock.now();
      return row.notBefore <= now && now < row.notAfter && isOurs(fingerprint, certificate);
    },
  };
}
