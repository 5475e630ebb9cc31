import type { SandboxClock } from "../ledger/clock.ts";
import type { BankAdmin } from "./admin.ts";

export interface SandboxLogin {
  readonly user: string;
  readonly password: string;
  readonly fullName: string;
}

/** One bank as an entry of the hub's BANKS_FILE. */
export interface BankEntry {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly bic: string;
  readonly standard: "BERLIN_GROUP" | "UK_OPEN_BANKING" | "POLISH_API" | "STET";
  readonly baseUrl: string;
  readonly environment: "sandbox";
  readonly psuTypes: readonly ("PERSONAL" | "BUSINESS")[];
  readonly auth: {
    readonly authorizationUrl: string;
    readonly tokenUrl: string;
    readonly clientId: string;
    readonly clientSecret?: string;
    readonly method: string;
    readonly scope?: string;
  };
  /** PEM texts, where the bank's interface asks for them. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  readonly sign?: { readonly cert: string; readonly key: string; readonly keyId?: string };
  readonly maxHistoryDays: number;
  readonly maxConsentDays: number;
  readonly unattendedCallsPerDay: number;
  readonly timeZone: string;
  /** Only when the bank differs from the default way. */
  readonly profile?: Readonly<Record<string, unknown>>;
}

/** A running sandbox bank of whatever standard. */
export interface SandboxBank {
  readonly id: string;
  readonly name: string;
  /** What precedes the standard's own path. */
  readonly baseUrl: string;
  readonly port: number;
  /** For the hub's BANKS_FILE. */
  readonly entry: BankEntry;
  readonly logins: readonly SandboxLogin[];
  readonly clock: SandboxClock;
  readonly admin: BankAdmin;
  [Symbol.asyncDispose](): Promise<void>;
}
