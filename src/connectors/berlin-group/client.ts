import { randomUUID } from "node:crypto";
import type { Bank, BankConnection } from "../../domain/bank.ts";
import type { BankError } from "../../domain/failure.ts";
import type { Clock } from "../../domain/time.ts";
import type { PsuContext } from "../../domain/update.ts";
import { BankHttp, type HttpRequest, type HttpResponse } from "../../http/bank-http.ts";
import { HttpFailure } from "../../http/http-failure.ts";
import { retried } from "../../http/retries.ts";
import { addressesOf } from "../kit/addresses.ts";
import { unanswered } from "../kit/failures.ts";
import { createSigner, type Signer } from "../kit/http-signature.ts";
import { objectOf, worthRepeating } from "../kit/json-answer.ts";
import { psuHeaders } from "../kit/psu-headers.ts";
import type { Row } from "../kit/wire.ts";
import { ApplicationToken } from "./application-token.ts";
import { refusal, type ErrorContext } from "./errors.ts";
import { apiUrl, followed, type ApiRoot } from "./links.ts";
import { readProfile, type Operation, type Profile } from "./profile.ts";

export interface ApiCall {
  readonly operation: Operation;
  readonly method: HttpRequest["method"];
  readonly url: URL;
  readonly consentId?: string | null;
  readonly accessToken?: string | null;
  readonly psu: PsuContext | null;
  readonly body?: Row;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null = as the profile says. */
  readonly accept?: string | null;
  /** Null = a new one per attempt. */
  readonly requestId?: string | null;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `{}` only to DELETE. */
  readonly body: Row;
  readonly requestId: string;
}

/** A success as it came, in whatever format. */
export interface RawAnswer extends HttpResponse {
  readonly requestId: string;
}

/** The bank's XS2A interface: headers, signatures, retries and errors of NextGenPSD2 1.3, for every call the same. */
export class Xs2aClient {
  readonly bank: Bank;
  readonly connection: BankConnection;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly http: BankHttp;
  readonly #root: ApiRoot;
  readonly #sign: Signer;
  readonly #application = new ApplicationToken();

  constructor(bank: Bank, connection: BankConnection, clock: Clock) {
    this.bank = bank;
    this.connection = connection;
    this.clock = clock;
    this.profile = readProfile(bank.id, connection.profile);
    this.http = new BankHttp({ tls: connection.tls, addresses: addressesOf(bank), concurrency: this.profile.rateLimit.concurrency });
    this.#root = { baseUrl: connection.baseUrl, pathRules: this.profile.pathPrefixRules };
    this.#sign = createSigner(connection.sign, this.profile.signing);
  }

  /** `/v1/<path>` of the bank. */
  url(path: string): URL {
    return apiUrl(this.#root, path);
  }

  /** Where a link of the bank leads. @throws BankError PROTOCOL for another origin */
  follow(href: string, current?: URL): URL {
    return followed(this.#root, href, current);
  }

  /** {@link request}, and its JSON object. */
  async call(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer> {
    const answer = await this.request(call, signal);
    const { status, headers, requestId } = answer;
    return { status, headers, body: call.method === "DELETE" ? {} : objectOf(answer, requestId), requestId };
  }

  /**
   * A success. GET and DELETE are tried three times where there is no answer or a 5xx. An answer that cannot be read is not
   * asked for again here: it may cost one of the few unattended calls, so that is for the caller to decide.
   * @throws BankError; the signal's reason
   */
  async request(call: ApiCall, signal: AbortSignal): Promise<RawAnswer> {
    const repeatable = call.method === "GET" || call.method === "DELETE";
    return retried(
      () => this.#attempt(call, signal),
      (error, tried) => repeatable && worthRepeating(error, tried),
      signal,
    );
  }

  /** Where the bank's 3xx answer to a page leads; null for any other answer. @throws BankError where there is none */
  async redirectedTo(page: URL, signal: AbortSignal): Promise<string | null> {
    const requestId = randomUUID();
    const headers = { accept: "text/html", "x-request-id": requestId };
    try {
      const { status, headers: answered } = await this.http.send({ method: "GET", url: page, headers }, signal);
      const location = answered["location"];
      return status >= 300 && status <= 399 && location !== undefined && URL.canParse(location, page) ? new URL(location, page).href : null;
    } catch (error) {
      if (error instanceof HttpFailure) throw unanswered(error, requestId, false);
      throw error;
    }
  }

  /** Words of the token endpoint that OAuth does not define. */
  tokenRefusal(response: HttpResponse, requestId: string): BankError {
    return refusal(response, this.#errorContext("authorisation", requestId, false));
  }

  #errorContext(operation: Operation, requestId: string, hadToken: boolean): ErrorContext {
    const { errors, authUrlFromError } = this.profile;
    return { operation, requestId, hadToken, now: this.clock.now(), patterns: errors.patterns, authUrlFromError };
  }

  async #attempt(call: ApiCall, signal: AbortSignal): Promise<RawAnswer> {
    const requestId = call.requestId ?? randomUUID();
    const response = await this.#authorised(call, requestId, signal);
    const { status } = response;
    if (status >= 200 && status <= 299) return { ...response, requestId };
    throw refusal(response, this.#errorContext(call.operation, requestId, Boolean(call.accessToken)));
  }

  /** With a token of our own where the bank wants one and the person gave none; one that died early is replaced once. */
  async #authorised(call: ApiCall, requestId: string, signal: AbortSignal): Promise<HttpResponse> {
    if (call.accessToken || !this.profile.applicationToken) return this.#send(call, requestId, signal);
    const own = async () => this.#send({ ...call, accessToken: await this.#application.token(this) }, requestId, signal);
    const response = await own();
    if (response.status !== 401) return response;
    this.#application.forget();
    return own();
  }

  async #send(call: ApiCall, requestId: string, signal: AbortSignal): Promise<HttpResponse> {
    const body = call.body === undefined ? "" : JSON.stringify(call.body);
    const { method, url } = call;
    const headers = this.#headers(call, requestId);
    const signed = { ...headers, ...this.#sign({ method, url, headers, body, now: this.clock.now() }) };
    try {
      return await this.http.send({ method, url, headers: signed, body: call.body === undefined ? null : body }, signal);
    } catch (error) {
      if (error instanceof HttpFailure) throw unanswered(error, requestId, method !== "GET");
      throw error;
    }
  }

  #headers(call: ApiCall, requestId: string): Record<string, string> {
    const { acceptHeader, contentTypeOnGet, extraHeaders, omitHeaders, psuIp } = this.profile;
    const { operation, accessToken, consentId } = call;
    const headers: Record<string, string> = {
      accept: call.accept ?? acceptHeader,
      "x-request-id": requestId,
      ...(call.body !== undefined || contentTypeOnGet ? { "content-type": "application/json" } : {}),
      ...(consentId ? { "consent-id": consentId } : {}),
      ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
      ...psuHeaders(call.psu, psuIp, operation === "consent-create"),
      ...call.headers,
      ...Object.fromEntries(Object.entries(extraHeaders).map(([name, value]) => [name.toLowerCase(), value])),
    };
    for (const name of omitHeaders[operation] ?? []) delete headers[name.toLowerCase()];
    return headers;
  }
}
