/** One status in the words of both versions. REVOKED is the bank's dashboard: 3.1.11 prints it as Authorised, only its tokens are dead. */
export type ConsentStatus = "AWAITING" | "AUTHORISED" | "REJECTED" | "REVOKED" | "EXPIRED" | "DELETED";

export interface Consent {
  readonly id: string;
  readonly tpp: string;
  readonly permissions: readonly string[];
  /** Printed back as they came. */
  readonly expiration: string | undefined;
  readonly transactionsFrom: string | undefined;
  readonly transactionsTo: string | undefined;
  readonly createdAt: number;
  user: string | undefined;
  /** Internal ids, chosen by the person at the first approval. */
  accounts: readonly string[];
  /** Of the latest authentication: tokens of earlier ones are dead. */
  grantId: string | undefined;
  status: ConsentStatus;
  updatedAt: number;
  authenticatedAt: number | undefined;
}

const PRINTED = {
  "3.1": {
    AWAITING: "AwaitingAuthorisation",
    AUTHORISED: "Authorised",
    REJECTED: "Rejected",
    REVOKED: "Authorised",
    EXPIRED: "Authorised",
  },
  "4.0": { AWAITING: "AWAU", AUTHORISED: "AUTH", REJECTED: "RJCT", REVOKED: "CANC", EXPIRED: "EXPD" },
} as const;

export function printedStatus(version: keyof typeof PRINTED, status: Exclude<ConsentStatus, "DELETED">): string {
  return PRINTED[version][status];
}
