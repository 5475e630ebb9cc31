import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { actAsPerson } from "../../src/sandbox/person.ts";
import { startStetBank } from "../../src/sandbox/stet/bank.ts";
import type { StetBankOptions } from "../../src/sandbox/stet/options.ts";
import { digestOf, sign } from "./cavage.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

const CALLBACK = "http://127.0.0.1:4999/callback";
const SIGNED = ["(request-target)", "digest", "x-request-id", "psu-ip-address"];

/** A TPP that shares nothing with the connector, at a sandbox bank of its own. */
export async function startTpp(options: StetBankOptions = {}) {
  const bank = await startStetBank({ businessCount: 20, ...options });
  const { entry } = bank;
  const { sign: seal, auth } = entry;
  if (!seal?.keyId) throw new Error("the bank demands no signatures");
  const { key, keyId } = seal;
  const basic = `Basic ${Buffer.from(`${auth.clientId}:${auth.clientSecret ?? ""}`).toString("base64")}`;

  const tokenCall = async (form: Record<string, string>): Promise<Answer> => {
    const headers = { authorization: basic, "content-type": "application/x-www-form-urlencoded" };
    return answerOf(await fetch(auth.tokenUrl, { method: "POST", headers, body: new URLSearchParams(form) }));
  };
  return {
    bank,
    tokenCall,
    /** The person approves; an access token. `accounts`: labels or ids of those that they tick. */
    async token(user: string, more: { readonly scope?: string; readonly accounts?: readonly string[] } = {}): Promise<string> {
      const { scope = "aisp extended_transaction_history" } = more;
      const verifier = randomUUID() + randomUUID();
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      const query = {
        response_type: "code",
        client_id: auth.clientId,
        redirect_uri: CALLBACK,
        scope,
        state: "s",
        code_challenge: challenge,
      };
      const url = `${auth.authorizationUrl}?${new URLSearchParams({ ...query, code_challenge_method: "S256" }).toString()}`;
      const { redirectedTo } = await actAsPerson({ url, user, ...(more.accounts ? { accounts: more.accounts } : {}) });
      const code = redirectedTo?.searchParams.get("code") ?? "";
      const { body } = await tokenCall({ grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: verifier });
      return String(body["access_token"]);
    },
    /** A signed call below `/v1`. `headers` with undefined leaves one out; `spoil` changes what was signed. */
    async call(
      path: string,
      token: string,
      change: {
        readonly method?: string;
        readonly body?: unknown;
        readonly headers?: Record<string, string | undefined>;
        readonly names?: readonly string[];
        readonly keyId?: string;
        readonly key?: string;
        readonly spoil?: (headers: Record<string, string>) => void;
      } = {},
    ): Promise<Answer> {
      const { method = "GET", names = SIGNED } = change;
      const url = new URL(`${bank.baseUrl}/v1${path}`);
      const text = change.body === undefined ? "" : JSON.stringify(change.body);
      const wanted: Record<string, string | undefined> = {
        accept: "application/hal+json; charset=utf-8",
        authorization: `Bearer ${token}`,
        "x-request-id": randomUUID(),
        digest: digestOf(text),
        "psu-ip-address": "192.0.2.1",
        ...(text === "" ? {} : { "content-type": "application/json" }),
        ...change.headers,
      };
      const headers = Object.fromEntries(Object.entries(wanted).filter((pair): pair is [string, string] => pair[1] !== undefined));
      const signed = names.filter((name) => name.startsWith("(") || headers[name] !== undefined);
      const signature = sign(
        { method, target: url.pathname + url.search, headers, body: text },
        change.key ?? key,
        change.keyId ?? keyId,
        signed,
      );
      const sent: Record<string, string> = { signature, ...headers };
      change.spoil?.(sent);
      return answerOf(await fetch(url, { method, headers: sent, ...(text === "" ? {} : { body: text }) }));
    },
    [Symbol.asyncDispose]: () => bank[Symbol.asyncDispose](),
  };
}

export type Tpp = Awaited<ReturnType<typeof startTpp>>;

/** Rows of an answer by name; [] for 204. */
export function rowsOf({ body }: Answer, name: string): readonly Record<string, unknown>[] {
  return (body[name] ?? []) as readonly Record<string, unknown>[];
}

export function hrefOf(row: Record<string, unknown> | undefined, name: string): string | undefined {
  const links = row?.["_links"] as Record<string, { href: string }> | undefined;
  return links?.[name]?.href.replace(/^v1/, "");
}

/** A place on this machine where a certificate can be fetched. */
export async function serveText(text: string): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((_request, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/seal.pem`, close: () => void server.close() };
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}
