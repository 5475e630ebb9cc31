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
import { objectOf, worthRepeating } from "../kit/json-answer.ts";
import type { Row } from "../kit/wire.ts";
import { refusal } from "./errors.ts";
import { fapiHeaders } from "./fapi-headers.ts";
import { apiRoot, followed, versionIn } from "./links.ts";
import { readProfile, type ApiVersion, type Operation, type Profile } from "./profile.ts";

export interface ApiCall {
  readonly operation: Operation;
  readonly method: HttpRequest["method"];
  readonly url: URL;
  readonly accessToken: string | null;
  readonly psu: PsuContext | null;
  readonly body?: Row;
  /** Asks for more than banks give without the person. @default false */
  readonly oldHistory?: boolean;
}

export interface ApiAnswer {
  /** `{}` for DELETE. */
  readonly body: Row;
  readonly requestId: string;
}

/** The bank's Read/Write API: headers, retries and errors, for every call the same. */
export class ReadWriteClient {
  readonly bank: Bank;
  readonly connection: BankConnection;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly http: BankHttp;

  constructor(bank: Bank, connection: BankConnection, clock: Clock) {
    this.bank = bank;
    this.connection = connection;
    this.clock = clock;
    this.profile = readProfile(bank.id, connection.profile);
    this.http = new BankHttp({ tls: connection.tls, addresses: addressesOf(bank), concurrency: this.profile.rateLimit.concurrency });
  }

  /** Null = the bank must be asked. */
  get knownVersion(): ApiVersion | null {
    const { version } = this.profile;
    return version === "auto" ? versionIn(this.connection.baseUrl) : version;
  }

  url(version: ApiVersion, path: string): URL {
    return new URL(`${this.#root(version)}/${path}`);
  }

  /** Where a link of the bank leads. @throws BankError PROTOCOL for another origin */
  follow(version: ApiVersion, href: string, current: URL): URL {
    return followed(this.#root(version), href, this.profile.pathPrefixRules, current);
  }

  #root(version: ApiVersion): string {
    return apiRoot(this.connection.baseUrl, version, this.profile);
  }

  /**
   * A success with its JSON object. GET and DELETE are tried three times where there is no answer or a 5xx; never what cannot be read.
   * @throws BankError; the signal's reason
   */
  async call(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer> {
    const repeatable = call.method === "GET" || call.method === "DELETE";
    return retried(
      () => this.#attempt(call, signal),
      (error, tried) => repeatable && worthRepeating(error, tried),
      signal,
    );
  }

  /** Words of the token endpoint that OAuth does not define. */
  tokenRefusal(response: HttpResponse, requestId: string): BankError {
    return this.#refusal(response, { operation: "authorisation", accessToken: null }, requestId);
  }

  async #attempt(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer> {
    const requestId = randomUUID();
    const response = await this.#send(call, requestId, signal);
    if (response.status < 200 || response.status > 299) throw this.#refusal(response, call, requestId);
    return { body: call.method === "DELETE" ? {} : objectOf(response, requestId), requestId };
  }

  #refusal(
    response: HttpResponse,
    { operation, accessToken, oldHistory = false }: Pick<ApiCall, "operation" | "accessToken" | "oldHistory">,
    requestId: string,
  ): BankError {
    const { patterns } = this.profile.errors;
    return refusal(response, { operation, requestId, hadToken: accessToken !== null, oldHistory, now: this.clock.now(), patterns });
  }

  async #send(call: ApiCall, requestId: string, signal: AbortSignal): Promise<HttpResponse> {
    const { method, url } = call;
    const body = call.body === undefined ? null : JSON.stringify(call.body);
    try {
      return await this.http.send({ method, url, headers: this.#headers(call, requestId), body }, signal);
    } catch (error) {
      if (error instanceof HttpFailure) throw unanswered(error, requestId, method !== "GET");
      throw error;
    }
  }

  #headers(call: ApiCall, requestId: string): Record<string, string> {
    const { acceptHeader, contentTypeOnGet, extraHeaders, omitHeaders, psuIp, financialId } = this.profile;
    const { operation, accessToken } = call;
    const headers: Record<string, string> = {
      accept: acceptHeader,
      "x-fapi-interaction-id": requestId,
      ...(call.body !== undefined || contentTypeOnGet ? { "content-type": "application/json" } : {}),
      ...(accessToken === null ? {} : { authorization: `Bearer ${accessToken}` }),
      ...(financialId === null ? {} : { "x-fapi-financial-id": financialId }),
      ...fapiHeaders(call.psu, psuIp),
      ...Object.fromEntries(Object.entries(extraHeaders).map(([name, value]) => [name.toLowerCase(), value])),
    };
    for (const name of omitHeaders[operation] ?? []) delete headers[name.toLowerCase()];
    return headers;
  }
}
