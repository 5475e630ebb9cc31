import type { TlsOptions } from "../kit/bank-server.ts";
import type { SandboxClock } from "../ledger/clock.ts";
import type { Ledger } from "../ledger/ledger.ts";

export type Version = "2.1.2" | "3.0";

export interface PolishApiBankOptions {
  /** @default "sandbox-polish-api" */
  readonly id?: string;
  /** @default "Sandbox Bank Warszawa" */
  readonly name?: string;
  /** @default "PL" */
  readonly country?: string;
  /** @default "SBNKPLPW" */
  readonly bic?: string;
  /** Of the seeded accounts. @default "PLN" */
  readonly currency?: string;
  /** The bank's days are days of this zone. @default "Europe/Warsaw" */
  readonly timeZone?: string;
  /** @default 0: any free port */
  readonly port?: number;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** Path between the origin and the version. @default "" */
  readonly prefix?: string;
  /** Decides paths and the rules of bodies. @default "3.0" */
  readonly version?: Version;
  /** The bank's own number behind the version in paths. @default 1 */
  readonly implementation?: number;
  /** Share one clock to move several banks together. @default a clock of its own */
  readonly clock?: SandboxClock;
  /** @default the standard population, see `seededLedger` */
  readonly ledger?: Ledger;
  /** Entries of the `business` account. @default 20_000 */
  readonly businessCount?: number;
  /** @default that of the sandbox's TPP certificate */
  readonly clientId?: string;
  /** PEM of the TPP's seal certificate, whose key must sign every request. @default the sandbox's own, whose key stands in the entry */
  readonly tppCertificate?: string;
  /** How Polish accounts are numbered: IBAN, or its 26 digits without `PL`. @default "iban" */
  readonly numbers?: "iban" | "nrb";
  /** `exchange_token` is offered. @default true */
  readonly exchangeToken?: boolean;
  /** The first way to the accounts that the entry's profile names. @default "one-step" */
  readonly flow?: "one-step" | "exchange" | "two-redirects";
  /** Operations that answer 501, such as `getHolds`. @default [] */
  readonly notImplemented?: readonly string[];
  /** @default "any": https, or http on a loopback host */
  readonly redirectUris?: readonly string[] | "any";
  /** Seconds. @default 300 */
  readonly accessTokenTtl?: number;
  /** Rows a page. @default 100 */
  readonly pageSize?: number;
  /** Rows a page when the result has more than 2,000. @default 500 */
  readonly bigPageSize?: number;
  /** After SCA, entries older than `recentDays` are given this long. @default 15 */
  readonly fullHistoryMinutes?: number;
  /** @default 90 */
  readonly recentDays?: number;
  /** Nothing older exists. @default 730 */
  readonly maxHistoryDays?: number;
  /** A later scopeTimeLimit is shortened to this. @default 180 */
  readonly maxConsentDays?: number;
  /** Calls a day, account and operation without the person. @default 4 */
  readonly unattendedCallsPerDay?: number;
  /** A request that nobody decided ends. @default 30 */
  readonly scaTimeoutMinutes?: number;
  /** Serve TLS and require a client certificate of `clientCa` on every API call. */
  readonly tls?: TlsOptions;
  /** Serve `/__sandbox/…`. @default true */
  readonly adminApi?: boolean;
}

export type Settings = Required<Omit<PolishApiBankOptions, "clock" | "ledger" | "tls" | "businessCount" | "clientId" | "tppCertificate">> &
  Pick<PolishApiBankOptions, "tls">;

export function settingsOf(options: PolishApiBankOptions): Settings {
  return {
    id: "sandbox-polish-api",
    name: "Sandbox Bank Warszawa",
    country: "PL",
    bic: "SBNKPLPW",
    currency: "PLN",
    timeZone: "Europe/Warsaw",
    port: 0,
    host: "127.0.0.1",
    prefix: "",
    version: "3.0",
    implementation: 1,
    numbers: "iban",
    exchangeToken: true,
    flow: "one-step",
    notImplemented: [],
    redirectUris: "any",
    accessTokenTtl: 300,
    pageSize: 100,
    bigPageSize: 500,
    fullHistoryMinutes: 15,
    recentDays: 90,
    maxHistoryDays: 730,
    maxConsentDays: 180,
    unattendedCallsPerDay: 4,
    scaTimeoutMinutes: 30,
    adminApi: true,
    ...options,
  };
}

/** `v3_0.1`: how the version stands in paths, twice. */
export function versionPath({ version, implementation }: Pick<Settings, "version" | "implementation">): string {
  return `v${version.replaceAll(".", "_")}.${implementation}`;
}

export function servicePath(settings: Settings, service: "auth" | "accounts", operation: string): string {
  const version = versionPath(settings);
  return `${settings.prefix}/${version}/${service}/${version}/${operation}`;
}
