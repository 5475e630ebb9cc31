import type { TlsOptions } from "../kit/bank-server.ts";
import type { SandboxClock } from "../ledger/clock.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ReportFormat } from "./report-format.ts";
import type { ClientAuthMethod } from "../oauth/client-registration.ts";

/**
 * How the person's consent is got (NextGenPSD2 implementation guide, SCA approaches).
 * `oauth-integrated`: `scaOAuth` link, scope `AIS:<consentId>`, Bearer on account calls · `redirect`: `scaRedirect` link, account calls carry only
 * Consent-ID · `oauth-pre-step`: a token of scope `AISP` first, then `redirect` · `decoupled`: confirmed at `/sca/app/<authorisationId>` or by `admin.decide`.
 */
export type ScaMode = "oauth-integrated" | "redirect" | "oauth-pre-step" | "decoupled";

export interface BerlinGroupBankOptions {
  /** @default "sandbox-berlin-group" */
  readonly id?: string;
  /** @default "Sandbox Bank Berlin" */
  readonly name?: string;
  /** @default "DE" */
  readonly country?: string;
  /** @default "SBNKDEBBXXX" */
  readonly bic?: string;
  /** The bank's days (validUntil, dateFrom) are days of this zone. @default "Europe/Berlin" */
  readonly timeZone?: string;
  /** @default 0: any free port */
  readonly port?: number;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** Path between the origin and `/v1`. @default "" */
  readonly prefix?: string;
  /** Share one clock to move several banks together. @default a clock of its own */
  readonly clock?: SandboxClock;
  /** @default the standard population, see `seededLedger` */
  readonly ledger?: Ledger;
  /** Entries of the `business` account. @default 20_000 */
  readonly businessCount?: number;
  /** @default "oauth-integrated" */
  readonly sca?: ScaMode;
  /** Answer every consent with `startAuthorisation`; otherwise only when TPP-Explicit-Authorisation-Preferred is true. @default false */
  readonly explicitAuthorisation?: boolean;
  /** @default client_secret_basic with a random secret */
  readonly auth?: {
    readonly method?: ClientAuthMethod;
    readonly clientId?: string;
    readonly clientSecret?: string;
    readonly jwks?: { readonly keys: readonly object[] };
    readonly tlsSubjectDn?: string;
  };
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
  /** What a too early dateFrom gets after that. `shorten` answers 200 with what is allowed. @default "PERIOD_INVALID" (400) */
  readonly tooOld?: "PERIOD_INVALID" | "CONSENT_INVALID" | "shorten";
  /** Nothing older exists. @default 730 */
  readonly maxHistoryDays?: number;
  /** A longer validUntil is shortened to this. @default 180 */
  readonly maxConsentDays?: number;
  /** A consent that nobody decided becomes `rejected`. @default 30 */
  readonly scaTimeoutMinutes?: number;
  /** Card accounts print debits, and debt, positive. @default true */
  readonly debitAccounting?: boolean;
  /** Values of bookingStatus that are refused with PARAMETER_NOT_SUPPORTED. @default [] */
  readonly unsupportedBookingStatuses?: readonly string[];
  /** How transactions of accounts (not of cards) can be had; the Accept header picks one. A camt document is never paged. @default ["json"] */
  readonly transactionFormats?: readonly ReportFormat[];
  /** Of camt messages. @default "08" */
  readonly camtVersion?: "02" | "08";
  /** Serve TLS and require a client certificate of `clientCa` on `/v1` and on the token endpoint. */
  readonly tls?: TlsOptions;
  /** Certificates must carry the role PSP_AI. @default false */
  readonly requireAisRole?: boolean;
  /** Require Digest, Signature and TPP-Signature-Certificate on `/v1`. `ca`: the certificate must be signed by this one (PEM). */
  readonly signatures?: { readonly ca?: string };
  /** Serve `/__sandbox/…`. @default true */
  readonly adminApi?: boolean;
}

export type Settings = Required<Omit<BerlinGroupBankOptions, "clock" | "ledger" | "tls" | "signatures" | "auth" | "businessCount">> &
  Pick<BerlinGroupBankOptions, "tls" | "signatures">;

export function settingsOf(options: BerlinGroupBankOptions): Settings {
  return {
    id: "sandbox-berlin-group",
    name: "Sandbox Bank Berlin",
    country: "DE",
    bic: "SBNKDEBBXXX",
    timeZone: "Europe/Berlin",
    port: 0,
    host: "127.0.0.1",
    prefix: "",
    sca: "oauth-integrated",
    explicitAuthorisation: false,
    redirectUris: "any",
    accessTokenTtl: 300,
    pageSize: 100,
    bigPageSize: 500,
    fullHistoryMinutes: 15,
    recentDays: 90,
    tooOld: "PERIOD_INVALID",
    maxHistoryDays: 730,
    maxConsentDays: 180,
    scaTimeoutMinutes: 30,
    debitAccounting: true,
    unsupportedBookingStatuses: [],
    transactionFormats: ["json"],
    camtVersion: "08",
    requireAisRole: false,
    adminApi: true,
    ...options,
  };
}
