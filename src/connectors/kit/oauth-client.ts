import type { BankConnection } from "../../domain/bank.ts";
import type { BankError } from "../../domain/failure.ts";
import type { Clock } from "../../domain/time.ts";
import type { BankHttp, HttpResponse } from "../../http/bank-http.ts";
import type { OAuthRules } from "./profile-parts.ts";

/** What the shared OAuth code needs of a standard's client; each standard's own client has it. */
export interface OAuthClient {
  readonly http: BankHttp;
  readonly connection: BankConnection;
  readonly clock: Clock;
  readonly profile: OAuthRules;
  /** What a refusal of the token endpoint means where OAuth's own words do not say. */
  tokenRefusal(response: HttpResponse, requestId: string): BankError;
  /** Headers that sign a request to the token or revocation endpoint, where the bank wants that. */
  signTokenRequest?(request: {
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }): Readonly<Record<string, string>>;
}
