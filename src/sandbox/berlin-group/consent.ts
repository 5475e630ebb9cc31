export const RIGHTS = ["accounts", "balances", "transactions", "ownerName"] as const;
export type Right = (typeof RIGHTS)[number];

export interface AccountReference {
  readonly iban?: string | undefined;
  readonly bban?: string | undefined;
  readonly pan?: string | undefined;
  readonly maskedPan?: string | undefined;
  readonly currency?: string | undefined;
}

/** The four models of `access`. `rights` of a detailed consent name accounts; the others leave the choice to the person or take all. */
export type Access =
  | { readonly model: "detailed"; readonly rights: Readonly<Record<Right, readonly AccountReference[]>> }
  | { readonly model: "bank-offered"; readonly rights: readonly Right[]; readonly restrictedTo: readonly string[] | undefined }
  | { readonly model: "global"; readonly ownerName: boolean; readonly restrictedTo: readonly string[] | undefined }
  | {
      readonly model: "available";
      readonly ownerName: boolean;
      readonly withBalance: boolean;
      readonly restrictedTo: readonly string[] | undefined;
    };

export type ConsentStatus = "received" | "rejected" | "partiallyAuthorised" | "valid" | "revokedByPsu" | "expired" | "terminatedByTpp";
export type ScaStatus = "received" | "started" | "psuAuthenticated" | "finalised" | "failed";

export interface Authorisation {
  readonly id: string;
  readonly startedAt: number;
  status: ScaStatus;
}

/** An account within one consent. `resourceId` is its name in URLs and means nothing in another consent. */
export interface ConsentAccount {
  readonly accountId: string;
  readonly resourceId: string;
  readonly rights: ReadonlySet<Right>;
}

export interface Consent {
  readonly id: string;
  readonly tpp: string;
  readonly tppName: string;
  readonly access: Access;
  /** `access` as it was asked for, to be printed back. */
  readonly askedAccess: Readonly<Record<string, unknown>>;
  readonly recurring: boolean;
  readonly frequencyPerDay: number;
  /** Already shortened to what the bank allows. */
  readonly validUntil: string;
  readonly createdAt: number;
  readonly redirectUri: string | undefined;
  readonly nokRedirectUri: string | undefined;
  readonly authorisations: Authorisation[];
  /** The person, if known beforehand: PSU-ID or the pre-step token. */
  expectedUser: string | undefined;
  user: string | undefined;
  accounts: readonly ConsentAccount[];
  status: ConsentStatus;
  scaAt: number | undefined;
  lastActionDate: string;
}
