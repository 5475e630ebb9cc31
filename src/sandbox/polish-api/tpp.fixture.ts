import { createHash, createSign, randomBytes } from "node:crypto";
import type { SandboxBank } from "../kit/sandbox-bank.ts";
import { actAsPerson } from "../person.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
}

export const CALLBACK = "http://127.0.0.1:4999/cb";

/** A TPP that knows the specification and shares nothing with the hub's connector. */
export class TestTpp {
  readonly bank: SandboxBank;
  readonly #paths: string;
  token = "";

  constructor(bank: SandboxBank) {
    this.bank = bank;
    const { version } = bank.entry.profile as { version: string };
    this.#paths = `v${version.replaceAll(".", "_")}.1`;
  }

  /** `changes.body` is laid over the body, `changes.requestHeader` over its header, undefined takes away; `raw` is sent as it is. */
  async call(
    operation: string,
    body: object,
    changes: {
      headers?: Record<string, string | undefined>;
      requestHeader?: object;
      raw?: string;
      signedFor?: string;
      method?: string;
    } = {},
  ): Promise<Answer> {
    const service = ["authorize", "token"].includes(operation) ? "auth" : "accounts";
    const requestId = uuid1();
    const person = { userAgent: "Test/1.0", ipAddress: "192.0.2.17" };
    const reading = /^get/.test(operation) ? { token: this.token, isDirectPsu: true } : {};
    const of30token = operation === "token" && this.#paths.startsWith("v3") ? {} : person;
    const requestHeader = {
      requestId,
      sendDate: new Date().toISOString(),
      tppId: this.bank.entry.auth.clientId,
      ...of30token,
      ...reading,
      ...changes.requestHeader,
    };
    const text = changes.raw ?? JSON.stringify({ requestHeader, ...body });
    const headers: Record<string, string | undefined> = {
      "accept-encoding": "gzip",
      "accept-language": "pl",
      "accept-charset": "utf-8",
      "content-type": "application/json",
      "x-request-id": requestId,
      "x-jws-signature": this.sign(changes.signedFor ?? text),
      ...(/^get/.test(operation) ? { authorization: `Bearer ${this.token}` } : {}),
      ...changes.headers,
    };
    const sent = Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const method = changes.method ?? "POST";
    const url = `${this.bank.baseUrl}/${this.#paths}/${service}/${this.#paths}/${operation}`;
    const response = await fetch(url, { method, headers: sent, ...(method === "POST" ? { body: text } : {}) });
    const answer = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      json: (answer === "" ? {} : JSON.parse(answer)) as Record<string, unknown>,
    };
  }

  sign(text: string): string {
    const header = Buffer.from('{"alg":"RS256"}').toString("base64url");
    const input = `${header}.${Buffer.from(text).toString("base64url")}`;
    return `${header}..${createSign("RSA-SHA256")
      .update(input)
      .sign(this.bank.entry.sign?.key ?? "")
      .toString("base64url")}`;
  }

  authorizeBody(privileges: readonly object[] = [ALL_RIGHTS], more: object = {}, details: object = {}) {
    return {
      response_type: "code",
      client_id: this.bank.entry.auth.clientId,
      redirect_uri: CALLBACK,
      scope: "ais",
      state: "st-1",
      scope_details: {
        privilegeList: privileges,
        scopeGroupType: "ais",
        consentId: createHash("sha256").update(randomBytes(8)).digest("hex").slice(0, 32),
        scopeTimeLimit: new Date(this.bank.clock.nowMs() + 90 * 86_400_000).toISOString(),
        throttlingPolicy: "psd2Regulatory",
        ...details,
      },
      ...more,
    };
  }

  /** The person approves; the code that comes back. */
  async code(body = this.authorizeBody(), user = "demo"): Promise<string> {
    const { json } = await this.call("authorize", body);
    const { redirectedTo } = await actAsPerson({ url: String(json["aspspRedirectUri"]), user });
    return redirectedTo?.searchParams.get("code") ?? "";
  }

  exchange(Code: string, more: object = {}): Promise<Answer> {
    const form = { grant_type: "authorization_code", Code, redirect_uri: CALLBACK, client_id: this.bank.entry.auth.clientId };
    return this.call("token", { ...form, is_user_session: false, ...more });
  }

  /** A whole consent: its id, and the numbers of its accounts. */
  async consent(body = this.authorizeBody(), user = "demo"): Promise<{ consentId: string; numbers: string[]; refreshToken: string }> {
    const { json } = await this.exchange(await this.code(body, user));
    this.token = String(json["access_token"]);
    const details = json["scope_details"] as { consentId: string; privilegeList: { accountNumber: string }[] };
    return { consentId: details.consentId, numbers: details.privilegeList.map(({ accountNumber }) => accountNumber), refreshToken: String(json["refresh_token"]) }; // prettier-ignore
  }
}

const deep = (maxAllowedHistoryLong: number) => ({ scopeUsageLimit: "multiple", maxAllowedHistoryLong });
export const ALL_RIGHTS = {
  "ais:getAccount": { scopeUsageLimit: "multiple" },
  "ais:getTransactionDetail": { scopeUsageLimit: "multiple" },
  "ais:getTransactionsDone": deep(400),
  "ais:getTransactionsPending": deep(90),
  "ais:getTransactionsCancelled": deep(90),
  "ais:getTransactionsScheduled": deep(90),
  "ais:getHolds": deep(90),
};

function uuid1(): string {
  const hex = randomBytes(16).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-1${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
