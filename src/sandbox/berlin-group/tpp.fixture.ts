import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { actAsPerson, type PersonOptions } from "../person.ts";
import type { SandboxBank } from "../kit/sandbox-bank.ts";

export const CALLBACK = "http://127.0.0.1:4999/callback/bank";

/** Answers are asserted on, not typed. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = Record<string, any>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Json;
}

const slice = JSON.parse(readFileSync("test/fixtures/berlin-group/1.3.12/ais-slice.json", "utf8"), (key, value: unknown) =>
  key === "exclusiveMinimum" && typeof value === "boolean" ? undefined : value,
) as object;
const ajv = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true });
for (const [format, test] of Object.entries({
  date: /^\d{4}-\d{2}-\d{2}$/,
  "date-time": /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/,
  uri: /^https?:/,
  uuid: /^[0-9a-f-]{36}$/,
}))
  ajv.addFormat(format, test);
for (const format of ["float", "double", "int32", "int64", "ipv4", "byte", "url"]) ajv.addFormat(format, true);
ajv.addSchema(slice, "bg");

/** Errors of a body against a schema of the official slice; [] when it fits. */
export function schemaErrors(schema: string, body: unknown): readonly string[] {
  const validate = ajv.getSchema(`bg#/components/schemas/${schema}`);
  if (!validate) return [`no schema ${schema}`];
  return validate(body) === true ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ""}`);
}

export const GLOBAL_CONSENT = {
  access: { allPsd2: "allAccountsWithOwnerName" },
  recurringIndicator: true,
  validUntil: "9999-12-31",
  frequencyPerDay: 4,
  combinedServiceIndicator: false,
};

/** The smallest TPP that can use a bank: for tests only. */
export class TestTpp {
  readonly bank: SandboxBank;
  token: string | undefined;
  refreshToken: string | undefined;

  constructor(bank: SandboxBank) {
    this.bank = bank;
  }

  async call(
    path: string,
    options: { method?: string; headers?: Record<string, string | undefined>; body?: unknown; present?: boolean } = {},
  ): Promise<Answer> {
    const headers: Record<string, string> = {
      "x-request-id": randomUUID(),
      ...(options.present === false ? {} : { "psu-ip-address": "192.0.2.17" }),
      ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
    };
    if (options.body !== undefined) headers["content-type"] = "application/json";
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      delete headers[name.toLowerCase()];
      if (value !== undefined) headers[name.toLowerCase()] = value;
    }
    const body = options.body === undefined ? {} : { body: typeof options.body === "string" ? options.body : JSON.stringify(options.body) };
    return answerOf(await fetch(new URL(path, this.bank.baseUrl), { method: options.method ?? "GET", headers, ...body }));
  }

  createConsent(body: unknown = GLOBAL_CONSENT, headers: Record<string, string | undefined> = {}): Promise<Answer> {
    return this.call("/v1/consents", { method: "POST", body, headers: { "tpp-redirect-uri": `${CALLBACK}?state=s1`, ...headers } });
  }

  /** Authorisation request, the person's forms, code exchange. */
  async authorise(
    scope: string,
    person: Omit<PersonOptions, "url">,
  ): Promise<{ redirectedTo: URL | undefined; answer: Answer | undefined }> {
    const { url, verifier } = this.authorisationUrl(scope);
    const { redirectedTo } = await actAsPerson({ url, ...person });
    const code = redirectedTo?.searchParams.get("code");
    if (!code) return { redirectedTo, answer: undefined };
    const answer = await this.tokenRequest({ grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: verifier });
    return { redirectedTo, answer };
  }

  authorisationUrl(scope: string, changes: Record<string, string | undefined> = {}): { url: string; verifier: string } {
    const verifier = randomBytes(32).toString("base64url");
    const url = new URL(this.bank.entry.auth.authorizationUrl);
    const query = {
      response_type: "code",
      client_id: this.bank.entry.auth.clientId,
      redirect_uri: CALLBACK,
      scope,
      state: "s1",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      ...changes,
    };
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    return { url: url.href, verifier };
  }

  async tokenRequest(form: Record<string, string>): Promise<Answer> {
    const { clientId, clientSecret, tokenUrl } = this.bank.entry.auth;
    const answer = await answerOf(
      await fetch(tokenUrl, {
        method: "POST",
        headers: { authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${clientSecret}`).toString("base64")}` },
        body: new URLSearchParams(form),
      }),
    );
    if (answer.status === 200) {
      this.token = answer.json["access_token"] as string;
      this.refreshToken = answer.json["refresh_token"] as string | undefined;
    }
    return answer;
  }

  refresh(token = this.refreshToken ?? ""): Promise<Answer> {
    return this.tokenRequest({ grant_type: "refresh_token", refresh_token: token });
  }

  /** A valid consent of `user` with its token, in the bank's default (integrated OAuth) way; the Consent-ID. */
  async consentOf(user: string, body: unknown = GLOBAL_CONSENT, accounts?: readonly string[]): Promise<string> {
    const created = await this.createConsent(body, { authorization: undefined });
    const consentId = created.json["consentId"] as string;
    await this.authorise(`AIS:${consentId}`, { user, ...(accounts ? { accounts } : {}) });
    return consentId;
  }

  /** All pages of a report. */
  async pages(first: string, consentId: string, present = true): Promise<Answer[]> {
    const pages: Answer[] = [];
    for (let next: string | undefined = first; next !== undefined && pages.length < 300;) {
      const page: Answer = await this.call(next, { headers: { "consent-id": consentId }, present });
      pages.push(page);
      const report = page.json["transactions"] ?? page.json["cardTransactions"];
      next = report?._links?.next?.href;
    }
    return pages;
  }

  async accountsOf(consentId: string, family = "accounts"): Promise<Json[]> {
    const answer = await this.call(`/v1/${family}`, { headers: { "consent-id": consentId } });
    return (answer.json["accounts"] ?? answer.json["cardAccounts"]) as Json[];
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  let json: Record<string, unknown> = {};
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Not every answer is JSON.
  }
  return { status: response.status, headers: response.headers, text, json };
}

export function codeOf(answer: Answer): string {
  return String(answer.json["tppMessages"]?.[0]?.code);
}
