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
import type { OAuthClient } from "../kit/oauth-client.ts";
import { psuHeaders } from "../kit/psu-headers.ts";
import type { Row } from "../kit/wire.ts";
import { isEmptyList, refusal } from "./errors.ts";
import { apiUrl, followed, type ApiRoot } from "./links.ts";
import { readProfile, type Operation, type Profile } from "./profile.ts";

export interface ApiCall {
  readonly operation: Exclude<Operation, "token">;
  readonly method: "GET" | "PUT";
  readonly url: URL;
  readonly accessToken: string | null;
  readonly psu: PsuContext | null;
  readonly body?: Row;
  /** The request reaches back further than banks must serve without the person. */
  readonly longHistory?: boolean;
}

export interface ApiAnswer {
  /** Null for 204, "no content": there is nothing to list. */
  readonly body: Row | null;
  readonly requestId: string;
}

/** The bank's STET interface: headers, signatures, retries and errors, for every call the same. */
export class StetClient implements OAuthClient {
  readonly bank: Bank;
  readonly connection: BankConnection;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly http: BankHttp;
  readonly #root: ApiRoot;
  readonly #sign: Signer;

  constructor(bank: Bank, connection: BankConnection, clock: Clock) {
    this.bank = bank;
    this.connection = connection;
    this.clock = clock;
    this.profile = readProfile(bank.id, connection.profile);
    this.http = new BankHttp({ tls: connection.tls, addresses: addressesOf(bank), concurrency: this.profile.rateLimit.concurrency });
    const { versionPath, pathPrefixRules } = this.profile;
    this.#root = { baseUrl: connection.baseUrl, versionPath, pathRules: pathPrefixRules };
    this.#sign = createSigner(connection.sign, { ...this.profile.signing, certificateForm: "none" });
  }

  /** A resource of the standard below the bank's version path. */
  url(path: string): URL {
    return this.#scoped(apiUrl(this.#root, path));
  }

  /** Where a link of the bank leads. @throws BankError PROTOCOL for another origin */
  follow(href: string, current?: URL): URL {
    return this.#scoped(followed(this.#root, href, current));
  }

  /**
   * A success. GET, and PUT which replaces, are tried three times where there is no answer or a 5xx. An answer that cannot be read is not asked
   * for again here: it may cost one of the few unattended calls, so that is for the caller to decide.
   * @throws BankError; the signal's reason
   */
  async call(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer> {
    return retried(() => this.#attempt(call, signal), worthRepeating, signal);
  }

  /** Words of the token endpoint that OAuth does not define. */
  tokenRefusal(response: HttpResponse, requestId: string): BankError {
    return refusal(response, { ...this.#context("token", true), requestId, hadToken: false });
  }

  signTokenRequest({
    url,
    headers,
    body,
  }: {
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }) {
    return this.profile.signing.tokenEndpoint ? this.#sign({ method: "POST", url, headers, body, now: this.clock.now() }) : {};
  }

  #scoped(url: URL): URL {
    const { workspace } = this.profile;
    if (workspace !== null && !url.searchParams.has("workspace")) url.searchParams.set("workspace", workspace);
    return url;
  }

  #context(operation: Operation, attended: boolean) {
    const { errors, unattendedForbiddenIsQuota } = this.profile;
    return { operation, attended, now: this.clock.now(), patterns: errors.patterns, unattendedForbiddenIsQuota };
  }

  async #attempt(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer> {
    const requestId = randomUUID();
    const response = await this.#send(call, requestId, signal);
    const { status } = response;
    if (status === 204 || isEmptyList(response, call.operation)) return { body: null, requestId };
    if (status < 200 || status > 299) {
      const { operation, accessToken, longHistory = false, psu } = call;
      throw refusal(response, { ...this.#context(operation, psu !== null), requestId, hadToken: accessToken !== null, longHistory });
    }
    return { body: call.method === "PUT" ? {} : objectOf(response, requestId), requestId };
  }

  async #send(call: ApiCall, requestId: string, signal: AbortSignal): Promise<HttpResponse> {
    const body = call.body === undefined ? "" : JSON.stringify(call.body);
    const { method, url } = call;
    const headers = this.#headers(call, requestId);
    const signed = { ...headers, ...this.#sign({ method, url, headers, body, now: this.clock.now() }) };
    const request: HttpRequest = { method, url, headers: signed, body: call.body === undefined ? null : body };
    try {
      return await this.http.send(request, signal);
    } catch (error) {
      if (error instanceof HttpFailure) throw unanswered(error, requestId, method !== "GET");
      throw error;
    }
  }

  #headers(call: ApiCall, requestId: string): Record<string, string> {
    const { acceptHeader, contentTypeOnGet, extraHeaders, omitHeaders, psuIp } = this.profile;
    const { accessToken } = call;
    const headers: Record<string, string> = {
      accept: acceptHeader,
      "x-request-id": requestId,
      ...(call.body !== undefined || contentTypeOnGet ? { "content-type": "application/json" } : {}),
      ...(accessToken === null ? {} : { authorization: `Bearer ${accessToken}` }),
      ...psuHeaders(call.psu, psuIp, false),
      ...Object.fromEntries(Object.entries(extraHeaders).map(([name, value]) => [name.toLowerCase(), value])),
    };
    for (const name of omitHeaders[call.operation] ?? []) delete headers[name.toLowerCase()];
    return headers;
  }
}
