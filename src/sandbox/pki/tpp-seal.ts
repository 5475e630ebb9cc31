import { ecKeys, rsaKeys, SandboxCa, type Certificate } from "./sandbox-ca.ts";

export interface TppSeal extends Certificate {
  /** PEM of the authority that issued it. */
  readonly ca: string;
  /** `organizationIdentifier` of the subject: what French banks take as OAuth client id. */
  readonly organizationIdentifier: string;
}

const ORGANIZATION = "PSDFR-ACPR-000001";
let made: Promise<TppSeal> | undefined;

/** The certificate (QSEAL, role PSP_AI) that the hub signs messages with at every sandbox bank of this process. Made once, off the main thread. */
export function tppSeal(): Promise<TppSeal> {
  return (made ??= makeSeal());
}

async function makeSeal(): Promise<TppSeal> {
  const ca = new SandboxCa("Sandbox QTSP", ecKeys());
  const subject = { C: "FR", O: "Sandbox TPP", organizationIdentifier: ORGANIZATION, CN: "Sandbox TPP QSEAL" };
  return {
    ...ca.issue({ subject, use: "client", roles: ["PSP_AI"], keys: await rsaKeys() }),
    ca: ca.cert,
    organizationIdentifier: ORGANIZATION,
  };
}
