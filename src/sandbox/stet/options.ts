import type { TlsOptions } from "../kit/bank-server.ts";
import type { SandboxClock } from "../ledger/clock.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ClientAuthMethod } from "../oauth/client-registration.ts";

/** The shapes of 1.4.0 (texts and plain days), of 1.4.2 (numbers and date-times, parties), and those of 1.5 (owners, overdrafts, workspaces). */
export type StetVersion = "1.4.0" | "1.4.2" | "1.5";

export interface StetBankOptions {
  /** @default "sandbox-stet" */
  readonly id?: string;
  /** @default "Sandbox Bank Paris" */
  readonly name?: string;
  /** @default "FR" */
  readonly country?: string;
  /** @default "SBNKFRPPXXX" */
  readonly bic?: string;
  /** @default "Europe/Paris" */
  readonly timeZone?: string;
  /** @default 0: any free port */
  readonly port?: number;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** Path between the origin and `/v1`. @default "/stet/psd2" */
  readonly prefix?: string;
  /** Share one clock to move several banks together. @default a clock of its own */
  readonly clock?: SandboxClock;
  /** @default the standard population, see `seededLedger` */
  readonly ledger?: Ledger;
  /** Entries of the `business` account. @default 20_000 */
  readonly businessCount?: number;
  /** @default "1.5" */
  readonly version?: StetVersion;
  /** `full` (A1): the person chooses accounts on the bank's page. `mixed` (A2): no account has links before PUT /consents. @default "full" */
  readonly consentModel?: "full" | "mixed";
  /** The OAuth client. @default client_secret_basic, the organization identifier of the sandbox TPP, a random secret */
  readonly auth?: {
    readonly method?: ClientAuthMethod;
    readonly clientId?: string;
    readonly clientSecret?: string;
    readonly jwks?: { readonly keys: readonly object[] };
    readonly tlsSubjectDn?: string;
  };
  /** @default "any": https, or http on a loopback host */
  readonly redirectUris?: readonly string[] | "any";
  /** Seconds. @default 600 */
  readonly accessTokenTtl?: number;
  /** Whether the OAuth server has a revocation endpoint for the hub (RFC 7009). @default true */
  readonly revocation?: boolean;
  /** Rows a page. @default 100 */
  readonly pageSize?: number;
  /** Rows a page when the result has more than 2,000. @default 500 */
  readonly bigPageSize?: number;
  /** Accounts a page. @default 20 */
  readonly accountPageSize?: number;
  /** After SCA, entries older than `recentDays` are given this long, to tokens of scope `extended_transaction_history`. @default 15 */
  readonly fullHistoryMinutes?: number;
  /** @default 90 */
  readonly recentDays?: number;
  /** Nothing older exists. @default 730 */
  readonly maxHistoryDays?: number;
  /** Days that one SCA is good for. @default 180 */
  readonly consentDays?: number;
  /** Calls without the person, a day, per account and endpoint. @default 4 */
  readonly unattendedCallsPerDay?: number;
  /** Forms of dateFrom and dateTo that are taken; the standard says date-time. @default ["date-time"] */
  readonly dateForms?: readonly ("date-time" | "date")[];
  /** Prints a minus beside DBIT, as some banks do. @default false */
  readonly signedAmounts?: boolean;
  /** Deferred debit cards: one account a card, or one for each month that is not yet debited. @default "card" */
  readonly deferredCards?: "card" | "month";
  /** 1.5: lists standing orders with status FUTR. @default false */
  readonly futureEntries?: boolean;
  /** Serve TLS and require a client certificate of `clientCa` on the API and on the token endpoint. */
  readonly tls?: TlsOptions;
  /** Demand a Signature, and a Digest where there is a body, on every API call. @default true */
  readonly signatures?: boolean;
  /** PEM: signing certificates must be issued by this one. @default the authority of the sandbox TPP */
  readonly signatureCa?: string;
  /** Serve `/__sandbox/…`. @default true */
  readonly adminApi?: boolean;
}

export type Settings = Required<Omit<StetBankOptions, "clock" | "ledger" | "tls" | "auth" | "businessCount" | "signatureCa">> &
  Pick<StetBankOptions, "tls" | "signatureCa">;

export function settingsOf(options: StetBankOptions): Settings {
  return {
    id: "sandbox-stet",
    name: "Sandbox Bank Paris",
    country: "FR",
    bic: "SBNKFRPPXXX",
    timeZone: "Europe/Paris",
    port: 0,
    host: "127.0.0.1",
    prefix: "/stet/psd2",
    version: "1.5",
    consentModel: "full",
    redirectUris: "any",
    accessTokenTtl: 600,
    revocation: true,
    pageSize: 100,
    bigPageSize: 500,
    accountPageSize: 20,
    fullHistoryMinutes: 15,
    recentDays: 90,
    maxHistoryDays: 730,
    consentDays: 180,
    unattendedCallsPerDay: 4,
    dateForms: ["date-time"],
    signedAmounts: false,
    deferredCards: "card",
    futureEntries: false,
    signatures: true,
    adminApi: true,
    ...options,
  };
}
