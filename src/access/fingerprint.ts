import { createHash } from "node:crypto";

/** SHA-256 of a certificate's DER form in lower-case hex: the name under which the hub knows it. */
export function fingerprintOf(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}
