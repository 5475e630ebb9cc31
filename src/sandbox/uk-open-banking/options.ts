import type { TlsOptions } from "../kit/bank-server.ts";
import type { SandboxClock } from "../ledger/clock.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { seededLedger } from "../ledger/seed.ts";
import type { ClientAuthMethod } from "../oauth/client-registration.ts";
import type { FapiFlow } from "../oauth/fapi-configuration.ts";

/** 3.1.11 prints long names, 4.0 ISO codes; both stand on the same ledger. */
export type ApiVersion = "3.1" | "4.0";

export interface UkOpenBankingBankOptions {
  /** @default "4.0" */
  readonly version?: ApiVersion;
  /** `hybrid`: `code id_token` and the answer in the fragment. `par`: pushed request objects and `code`. @default "hybrid" */
  readonly flow?: FapiFlow;
  /** @default "sandbox-uk-open-banking" */
  readonly id?: string;
  /** @default "Sandbox Bank London" */
  readonly name?: string;
  /** @default "GB" */
  readonly country?: string;
  /** @default "SBNKGB2LXXX" */
  readonly bic?: string;
  /** The bank's days are days of this zone. @default "Europe/London" */
  readonly timeZone?: string;
  /** @default 0: any free port */
  readonly port?: number;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** Path between the origin and `/open-banking`. @default "" */
  readonly prefix?: string;
  /** Share one clock to move several banks together. @default a clock of its own */
  readonly clock?: SandboxClock;
  /** @default the standard population in pounds, see `seededLedger` */
  readonly ledger?: Ledger;
  /** Entries of the `business` account. @default 20_000 */
  readonly businessCount?: number;
  /** @default private_key_jwt */
  readonly auth?: {
    readonly method?: ClientAuthMethod;
    readonly clientId?: string;
    readonly clientSecret?: string;
    readonly tlsSubjectDn?: string;
  };
  /** @default "any": https, or http on a loopback host */
  readonly redirectUris?: readonly string[] | "any";
  /** Seconds. @default 300 */
  readonly accessTokenTtl?: number;
  /** @default true */
  readonly rotateRefreshToken?: boolean;
  /** Rows a page. @default 100 */
  readonly pageSize?: number;
  /** Rows a page when the result has more than 2,000. @default 500 */
  readonly bigPageSize?: number;
  /** After SCA, entries older than `recentDays` are given this long. @default 15 */
  readonly fullHistoryMinutes?: number;
  /** @default 90 */
  readonly recentDays?: number;
  /** What a too early fromBookingDateTime gets after that: 403 with Reauthenticate, or 200 with what is allowed. @default "reauthenticate" */
  readonly tooOld?: "reauthenticate" | "shorten";
  /** Nothing older exists. @default 730 */
  readonly maxHistoryDays?: number;
  /** A later ExpirationDateTime is refused. @default 180 */
  readonly maxConsentDays?: number;
  /** A consent that nobody decided becomes rejected. @default 30 */
  readonly authorisationMinutes?: number;
  /** Calls without the person, per account and endpoint in 24 hours; the standard leaves that to the bank. @default 4 */
  readonly unattendedCallsPerDay?: number;
  /** Resources that are not implemented: 404. @default [] */
  readonly missing?: readonly ("party" | "parties")[];
  /** Serve TLS and require a client certificate of `clientCa` at the API and at the token endpoints; tokens are bound to it. */
  readonly tls?: TlsOptions;
  /** Serve `/__sandbox/…`. @default true */
  readonly adminApi?: boolean;
}

/** The standard population in pounds; several banks may stand in front of one. */
export function ukLedger(
  clock: SandboxClock,
  options: { readonly country?: string; readonly bic?: string; readonly businessCount?: number | undefined } = {},
): Ledger {
  const { country = "GB", bic = "SBNKGB2LXXX", businessCount } = options;
  // Bank, sort code 20-04-xx and, from the serial, the rest of it and an account number of eight digits.
  const population = { country, bic, bankCode: "SBNK2004", currency: "GBP" };
  return seededLedger(clock, { ...population, ...(businessCount === undefined ? {} : { businessCount }) });
}

export type Settings = Required<Omit<UkOpenBankingBankOptions, "clock" | "ledger" | "tls" | "auth" | "businessCount">> &
  Pick<UkOpenBankingBankOptions, "tls">;

export function settingsOf(options: UkOpenBankingBankOptions): Settings {
  return {
    version: "4.0",
    flow: "hybrid",
    id: "sandbox-uk-open-banking",
    name: "Sandbox Bank London",
    country: "GB",
    bic: "SBNKGB2LXXX",
    timeZone: "Europe/London",
    port: 0,
    host: "127.0.0.1",
    prefix: "",
    redirectUris: "any",
    accessTokenTtl: 300,
    rotateRefreshToken: true,
    pageSize: 100,
    bigPageSize: 500,
    fullHistoryMinutes: 15,
    recentDays: 90,
    tooOld: "reauthenticate",
    maxHistoryDays: 730,
    maxConsentDays: 180,
    authorisationMinutes: 30,
    unattendedCallsPerDay: 4,
    missing: [],
    adminApi: true,
    ...options,
  };
}
