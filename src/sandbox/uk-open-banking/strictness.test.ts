import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SandboxBank } from "../kit/sandbox-bank.ts";
import { startUkOpenBankingBank } from "./bank.ts";

describe.each(["3.1", "4.0"] as const)("the bank that speaks %s", (version) => {
  let bank: SandboxBank;
  let token = "";
  const at = (path: string) => `${bank.baseUrl}/open-banking/v${version}/aisp/${path}`;
  beforeAll(async () => {
    bank = await startUkOpenBankingBank({
      version,
      businessCount: 1,
      auth: { method: "client_secret_post", clientSecret: "s".repeat(32) },
    });
    const form = {
      grant_type: "client_credentials",
      scope: "accounts",
      client_id: bank.entry.auth.clientId,
      client_secret: "s".repeat(32),
    };
    const answer = await fetch(bank.entry.auth.tokenUrl, { method: "POST", body: new URLSearchParams(form) });
    token = ((await answer.json()) as { access_token: string }).access_token;
  });
  afterAll(() => bank[Symbol.asyncDispose]());

  const send = async (body: unknown, more: Record<string, string> = {}) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json", ...more };
    const response = await fetch(at("account-access-consents"), { method: "POST", headers, body: JSON.stringify(body) });
    const text = await response.text();
    const first = text === "" ? undefined : (JSON.parse(text) as { Errors?: { ErrorCode: string; Path?: string }[] }).Errors?.[0];
    return [response.status, first?.ErrorCode, first?.Path];
  };
  const consent = (data: object, top: object = {}) => ({ Data: { Permissions: ["ReadAccountsDetail"], ...data }, Risk: {}, ...top });
  const coded = (word: string, number: string) => (version === "3.1" ? `UK.OBIE.${word}` : number);

  it("opens a consent that is as it should be", async () => {
    expect((await send(consent({ ExpirationDateTime: new Date(Date.now() + 89 * 86_400_000).toISOString() })))[0]).toBe(201);
  });

  it.each<[string, unknown, string, string, string]>([
    ["without Risk", { Data: { Permissions: ["ReadAccountsDetail"] } }, "Field.Missing", "U004", "Risk"],
    ["without permissions", { Data: {}, Risk: {} }, "Field.Missing", "U004", "Data.Permissions"],
    ["with an unknown permission", consent({ Permissions: ["ReadAll"] }), "Field.Invalid", "U002", "Data.Permissions"],
    ["without accounts", consent({ Permissions: ["ReadBalances"] }), "Field.Invalid", "U002", "Data.Permissions"],
    [
      "with transactions of no direction",
      consent({ Permissions: ["ReadAccountsDetail", "ReadTransactionsDetail"] }),
      "Field.Invalid",
      "U002",
      "Data.Permissions",
    ],
    [
      "with directions and no transactions",
      consent({ Permissions: ["ReadAccountsDetail", "ReadTransactionsDebits"] }),
      "Field.Invalid",
      "U002",
      "Data.Permissions",
    ],
    [
      "with an end without a zone",
      consent({ ExpirationDateTime: "2099-01-01T00:00:00" }),
      "Field.InvalidDate",
      "U003",
      "Data.ExpirationDateTime",
    ],
    ["that has ended", consent({ ExpirationDateTime: "2020-01-01T00:00:00Z" }), "Field.InvalidDate", "U003", "Data.ExpirationDateTime"],
    ["with a strange field", consent({ Frequency: 4 }), "Field.Unexpected", "U005", "Data.Frequency"],
  ])("refuses a consent %s", async (_name, body, word, number, path) => {
    expect(await send(body)).toEqual([400, coded(word, number), path]);
  });

  it.each<[string, Record<string, string>, number]>([
    ["an interaction id that is no UUID", { "x-fapi-interaction-id": "1" }, 400],
    ["a customer address that is none", { "x-fapi-customer-ip-address": "home" }, 400],
    ["a signature", { "x-jws-signature": "a..b" }, 400],
    ["a format that is not offered", { accept: "application/xml" }, 406],
    ["a body of another type", { "content-type": "text/plain" }, 415],
    ["an unknown token", { authorization: "Bearer x" }, 401],
    ["no token", { authorization: "" }, 401],
  ])("refuses %s", async (_name, headers, status) => {
    expect((await send(consent({}), headers))[0]).toBe(status);
  });

  it("gives no account to the client's own token, and knows no other path or method", async () => {
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(at("accounts"), { headers })).status).toBe(403);
    expect((await fetch(at("nothing"), { headers })).status).toBe(404);
    expect((await fetch(at("accounts"), { method: "PUT", headers })).status).toBe(405);
    expect((await fetch(at("account-access-consents/none"), { headers })).status).toBe(400);
  });

  it("asks for a signed request object", async () => {
    const query = {
      response_type: "code id_token",
      client_id: bank.entry.auth.clientId,
      redirect_uri: "https://a.example/b",
      scope: "openid accounts",
    };
    const url = `${bank.entry.auth.authorizationUrl}?${new URLSearchParams({ ...query, state: "s", nonce: "n" }).toString()}`;
    const answer = await fetch(url, { redirect: "manual" });
    const said = new URLSearchParams(new URL(answer.headers.get("location") ?? "").hash.slice(1));
    expect([said.get("error"), said.get("error_description")]).toEqual(["invalid_request", "Request Object must be used by this client"]);
  });
});
