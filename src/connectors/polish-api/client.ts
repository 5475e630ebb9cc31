import type { Bank, BankConnection } from "../../domain/bank.ts";
import type { Clock } from "../../domain/time.ts";
import type { PsuContext } from "../../domain/update.ts";
import { BankHttp, type HttpResponse } from "../../http/bank-http.ts";
import { HttpFailure } from "../../http/http-failure.ts";
import { retried } from "../../http/retries.ts";
import { addressesOf } from "../kit/addresses.ts";
import { unanswered, unreadable } from "../kit/failures.ts";
import { objectOf, worthRepeating } from "../kit/json-answer.ts";
import type { Row } from "../kit/wire.ts";
import { createBankKeys } from "./bank-keys.ts";
import { refusal, type RefusalContext } from "./errors.ts";
import { createAnswerCheck, createBodySigner, type AnswerCheck, type BodySigner } from "./jws.ts";
import { readProfile, type Operation, type Profile } from "./profile.ts";
import { personOf, type HeaderParts } from "./request-header.ts";
import { requestId } from "./request-id.ts";

export interface ApiCall {
  readonly operation: Operation;
  /** The body but for its requestHeader, which differs from try to try. */
  readonly body: Row;
  readonly header: (parts: HeaderParts) => Row;
  readonly accessToken?: string | null;
  readonly psu: PsuContext | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether a second try can do no harm. */
  readonly repeatable: boolean;
  /** What helps to read a refusal. */
  readonly about?: Pick<RefusalContext, "grantedDays" | "refusedGrant">;
}

export interface ApiAnswer {
  /** `{}` where the bank answers without a body and none is due. */
  readonly body: Row;
  readonly requestId: string;
}

/** The bank's PolishAPI interface: paths, headers, signatures both ways, retries and errors, for every call the same. */
export class PolishApiClient {
  readonly bank: Bank;
  readonly connection: BankConnection;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly http: BankHttp;
  readonly tppId: string;
  readonly #sign: BodySigner;
  readonly #check: AnswerCheck;

  constructor(bank: Bank, connection: BankConnection, clock: Clock) {
    this.bank = bank;
    this.connection = connection;
    this.clock = clock;
    this.profile = readProfile(bank.id, connection.profile);
    this.tppId = this.profile.tppId ?? connection.auth.clientId;
    this.http = new BankHttp({ tls: connection.tls, addresses: addressesOf(bank), concurrency: this.profile.rateLimit.concurrency });
    this.#sign = createBodySigner(bank.id, connection.sign, this.profile.signing);
    this.#check = createAnswerCheck(
      bank.id,
      this.profile.answers,
      createBankKeys(bank.id, this.profile.answers, { http: this.http, clock }),
    );
  }

  /**
   * A success with its JSON object. Reads are POSTs in this standard, and repeated like reads: three times where there is no answer or a 5xx.
   * @throws BankError; the signal's reason
   */
  async call(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer> {
    return retried(
      () => this.#attempt(call, signal),
      (error, tried) => call.repeatable && worthRepeating(error, tried),
      signal,
    );
  }

  async #attempt(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer> {
    const now = this.clock.now();
    const id = requestId(now);
    const header = call.header({ requestId: id, now, tppId: this.tppId, psu: personOf(call.psu, this.profile.psuIp) });
    // The signature covers these very bytes.
    const body = JSON.stringify({ requestHeader: header, ...call.body });
    const response = await this.#send(call, id, body, signal);
    const { status } = response;
    if (status < 200 || status > 299) {
      const { operation, accessToken, about } = call;
      const patterns = this.profile.errors.patterns;
      throw refusal(response, { operation, requestId: id, hadToken: Boolean(accessToken), now, patterns, ...about });
    }
    if (call.operation === "deleteConsent") return { body: {}, requestId: id };
    const answer = objectOf(response, id);
    const wrong = await this.#check(response.headers["x-jws-signature"], response.bytes, signal);
    if (wrong !== null) throw unreadable(`X-JWS-SIGNATURE: ${wrong}`, id);
    return { body: answer, requestId: id };
  }

  async #send(call: ApiCall, id: string, body: string, signal: AbortSignal): Promise<HttpResponse> {
    const url = this.#urlOf(call.operation);
    const headers = this.#headers(call, id, this.#sign(Buffer.from(body)));
    try {
      return await this.http.send({ method: "POST", url, headers, body }, signal);
    } catch (error) {
      if (error instanceof HttpFailure) throw unanswered(error, id, !call.repeatable || call.operation === "deleteConsent");
      throw error;
    }
  }

  #urlOf(operation: Operation): URL {
    const { authorizationUrl, tokenUrl } = this.connection.auth;
    const own = operation === "authorize" ? authorizationUrl : operation === "token" ? tokenUrl : null;
    if (own !== null) return new URL(own);
    const { version, implementation, authBase, accountsBase } = this.profile;
    const printed = `v${version.replaceAll(".", "_")}.${String(implementation)}`;
    const auth = operation === "authorize" || operation === "token";
    const base = auth ? (authBase ?? `/${printed}/auth/${printed}`) : (accountsBase ?? `/${printed}/accounts/${printed}`);
    return new URL(`${this.connection.baseUrl}${base}/${operation}`);
  }

  #headers(call: ApiCall, id: string, signature: string | null): Record<string, string> {
    const { extraHeaders, omitHeaders, language } = this.profile;
    const { operation, accessToken } = call;
    const headers: Record<string, string> = {
      accept: "application/json",
      "accept-encoding": "gzip",
      "accept-language": language,
      "accept-charset": "utf-8",
      "content-type": "application/json",
      "x-request-id": id,
      ...(signature === null ? {} : { "x-jws-signature": signature }),
      ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
      ...call.headers,
      ...Object.fromEntries(Object.entries(extraHeaders).map(([name, value]) => [name.toLowerCase(), value])),
    };
    for (const name of omitHeaders[operation] ?? []) delete headers[name.toLowerCase()];
    return headers;
  }
}
