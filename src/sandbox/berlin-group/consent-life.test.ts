import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actAsPerson } from "../person.ts";
import type { SandboxBank } from "../kit/sandbox-bank.ts";
import { startBerlinGroupBank } from "./bank.ts";
import { CALLBACK, codeOf, GLOBAL_CONSENT, schemaErrors, TestTpp } from "./tpp.fixture.ts";

describe("integrated OAuth", () => {
  let bank: SandboxBank;
  beforeAll(async () => {
    bank = await startBerlinGroupBank();
  });
  afterAll(() => bank[Symbol.asyncDispose]());

  it("goes from received to valid by the person's forms, and rotates refresh tokens", async () => {
    const tpp = new TestTpp(bank);
    const created = await tpp.createConsent();
    expect(created.status).toBe(201);
    expect(schemaErrors("consentsResponse-201", created.json)).toEqual([]);
    expect(created.headers.get("aspsp-sca-approach")).toBe("REDIRECT");
    const consentId = created.json["consentId"] as string;
    const metadata = (await (await fetch(created.json["_links"].scaOAuth.href as string)).json()) as { issuer: string };
    expect(metadata).toMatchObject({
      authorization_endpoint: bank.entry.auth.authorizationUrl,
      token_endpoint: bank.entry.auth.tokenUrl,
      code_challenge_methods_supported: ["S256"],
    });
    expect((await tpp.call(`/v1/consents/${consentId}/status`)).json).toEqual({ consentStatus: "received" });

    const { redirectedTo, answer } = await tpp.authorise(`AIS:${consentId}`, { user: "demo" });
    expect(redirectedTo?.searchParams.get("state")).toBe("s1");
    expect(redirectedTo?.searchParams.get("iss")).toBe(metadata.issuer);
    expect(answer?.json).toMatchObject({ token_type: "Bearer", expires_in: 300, scope: `AIS:${consentId}` });

    const content = await tpp.call(`/v1/consents/${consentId}`);
    expect(schemaErrors("consentInformationResponse-200_json", content.json)).toEqual([]);
    expect(content.json).toMatchObject({ consentStatus: "valid", frequencyPerDay: 4, recurringIndicator: true });
    expect(content.json["validUntil"] < "2100").toBe(true);
    const sca = await tpp.call(created.json["_links"].scaStatus.href as string);
    expect(sca.json).toEqual({ scaStatus: "finalised" });

    const first = tpp.refreshToken ?? "";
    expect((await tpp.refresh(first)).status).toBe(200);
    expect(tpp.refreshToken).not.toBe(first);
    const again = await tpp.refresh(first);
    expect(again.json["error"]).toBe("invalid_grant");
  });

  it("expires access tokens by the bank's clock and renews them", async () => {
    const tpp = new TestTpp(bank);
    const consentId = await tpp.consentOf("demo");
    const headers = { "consent-id": consentId };
    bank.clock.advance("PT6M");
    const late = await tpp.call("/v1/accounts", { headers });
    expect([late.status, codeOf(late)]).toEqual([401, "TOKEN_EXPIRED"]);
    expect(schemaErrors("Error401_NG_AIS", late.json)).toEqual([]);
    await tpp.refresh();
    expect((await tpp.call("/v1/accounts", { headers })).status).toBe(200);
    expect(codeOf(await tpp.call("/v1/accounts", { headers: { ...headers, authorization: undefined } }))).toBe("TOKEN_UNKNOWN");
    expect(codeOf(await tpp.call("/v1/accounts", { headers: { ...headers, authorization: "Bearer nonsense" } }))).toBe("TOKEN_UNKNOWN");
  });

  it("demands PKCE with S256", async () => {
    const tpp = new TestTpp(bank);
    const consentId = (await tpp.createConsent()).json["consentId"] as string;
    const without = await actAsPerson({
      url: tpp.authorisationUrl(`AIS:${consentId}`, { code_challenge: undefined, code_challenge_method: undefined }).url,
      user: "demo",
    });
    expect(without.redirectedTo?.searchParams.get("error")).toBe("invalid_request");
    const plain = await actAsPerson({
      url: tpp.authorisationUrl(`AIS:${consentId}`, { code_challenge_method: "plain" }).url,
      user: "demo",
    });
    expect(plain.redirectedTo?.searchParams.get("error")).toBe("invalid_request");
    const { url } = tpp.authorisationUrl(`AIS:${consentId}`);
    const code = (await actAsPerson({ url, user: "demo" })).redirectedTo?.searchParams.get("code") ?? "";
    const wrong = await tpp.tokenRequest({ grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: "x".repeat(43) });
    expect(wrong.json["error"]).toBe("invalid_grant");
  });

  it("refuses redirect URIs that are neither https nor loopback", async () => {
    const tpp = new TestTpp(bank);
    const answer = await actAsPerson({ url: tpp.authorisationUrl("AIS:x", { redirect_uri: "http://evil.example/cb" }).url, user: "demo" });
    expect([answer.redirectedTo, answer.lastStatus]).toEqual([undefined, 400]);
  });

  it("sends access_denied and rejects the consent when the person refuses; a time-out leaves it received", async () => {
    const tpp = new TestTpp(bank);
    const refused = (await tpp.createConsent()).json["consentId"] as string;
    expect((await tpp.authorise(`AIS:${refused}`, { user: "demo", decision: "refuse" })).redirectedTo?.searchParams.get("error")).toBe(
      "access_denied",
    );
    expect((await tpp.call(`/v1/consents/${refused}/status`)).json["consentStatus"]).toBe("rejected");
    const late = (await tpp.createConsent()).json["consentId"] as string;
    await tpp.authorise(`AIS:${late}`, { user: "demo", decision: "timeout" });
    expect((await tpp.call(`/v1/consents/${late}/status`)).json["consentStatus"]).toBe("received");
    bank.clock.advance("PT31M");
    expect((await tpp.call(`/v1/consents/${late}/status`)).json["consentStatus"]).toBe("rejected");
  });

  it("asks for the password again and shows a wrong one as 401", async () => {
    const tpp = new TestTpp(bank);
    const consentId = (await tpp.createConsent()).json["consentId"] as string;
    const answer = await actAsPerson({ url: tpp.authorisationUrl(`AIS:${consentId}`).url, user: "demo", password: "wrong" });
    expect([answer.lastStatus, answer.lastPage.includes('role="alert"')]).toEqual([401, true]);
  });

  it("ends the earlier recurring consent of the same person, and its tokens", async () => {
    const tpp = new TestTpp(bank);
    const first = await tpp.consentOf("anna");
    const refreshToken = tpp.refreshToken;
    await new TestTpp(bank).consentOf("anna");
    expect((await tpp.call(`/v1/consents/${first}/status`)).json["consentStatus"]).toBe("terminatedByTpp");
    expect(codeOf(await tpp.call("/v1/accounts", { headers: { "consent-id": first } }))).toBe("CONSENT_INVALID");
    expect((await tpp.refresh(refreshToken)).json["error"]).toBe("invalid_grant");
  });

  it("waits for the second signature", async () => {
    const tpp = new TestTpp(bank);
    const consentId = await tpp.consentOf("board");
    expect((await tpp.call(`/v1/consents/${consentId}/status`)).json["consentStatus"]).toBe("partiallyAuthorised");
    expect(codeOf(await tpp.call("/v1/accounts", { headers: { "consent-id": consentId } }))).toBe("CONSENT_INVALID");
    bank.admin.cosign(consentId);
    expect((await tpp.call("/v1/accounts", { headers: { "consent-id": consentId } })).status).toBe(200);
  });

  it("gives a bank-offered consent only on the accounts that were ticked", async () => {
    const tpp = new TestTpp(bank);
    const access = { accounts: [], balances: [], transactions: [] };
    const consentId = await tpp.consentOf("demo", { ...GLOBAL_CONSENT, access }, ["demo-savings"]);
    const accounts = await tpp.accountsOf(consentId);
    expect(accounts).toHaveLength(1);
    const content = await tpp.call(`/v1/consents/${consentId}`);
    expect(content.json["access"]).toEqual({
      accounts: [expect.objectContaining({ iban: accounts[0]?.["iban"] })],
      balances: [expect.any(Object)],
      transactions: [expect.any(Object)],
    });
    expect(accounts[0]?.["ownerName"]).toBeUndefined();
  });

  it("gives a detailed consent only the named rights, and a list consent only the list", async () => {
    const tpp = new TestTpp(bank);
    const iban = bank.admin.truth("demo").accounts[0]?.iban;
    const detailed = await tpp.consentOf("demo", { ...GLOBAL_CONSENT, access: { balances: [{ iban }] } });
    const [account] = await tpp.accountsOf(detailed);
    expect(Object.keys(account?.["_links"])).toEqual(["balances"]);
    expect(
      codeOf(
        await tpp.call(`/v1/accounts/${account?.["resourceId"]}/transactions?bookingStatus=booked&dateFrom=2026-01-01`, {
          headers: { "consent-id": detailed },
        }),
      ),
    ).toBe("CONSENT_INVALID");
    const list = await tpp.consentOf("demo", {
      ...GLOBAL_CONSENT,
      frequencyPerDay: 1,
      recurringIndicator: false,
      access: { availableAccounts: "allAccounts" },
    });
    expect((await tpp.accountsOf(list)).map((one) => one["_links"])).toEqual([{}, {}, {}]);
  });

  it("names accounts differently in each consent", async () => {
    const tpp = new TestTpp(bank);
    const one = (await tpp.accountsOf(await tpp.consentOf("demo"))).map((account) => account["resourceId"]);
    const two = (await tpp.accountsOf(await tpp.consentOf("demo"))).map((account) => account["resourceId"]);
    expect(one.some((id) => two.includes(id))).toBe(false);
  });

  it("ends a consent by DELETE", async () => {
    const tpp = new TestTpp(bank);
    const consentId = await tpp.consentOf("empty");
    expect((await tpp.call(`/v1/consents/${consentId}`, { method: "DELETE" })).status).toBe(204);
    expect((await tpp.call(`/v1/consents/${consentId}/status`)).json["consentStatus"]).toBe("terminatedByTpp");
  });
});

describe("the other SCA approaches", () => {
  it("redirect: the person returns to the TPP's URI as it was given, account calls need no token", async () => {
    await using bank = await startBerlinGroupBank({ sca: "redirect" });
    const tpp = new TestTpp(bank);
    const created = await tpp.createConsent();
    const { redirectedTo } = await actAsPerson({ url: created.json["_links"].scaRedirect.href as string, user: "demo" });
    expect(redirectedTo?.href).toBe(`${CALLBACK}?state=s1`);
    expect(await tpp.accountsOf(created.json["consentId"] as string)).toHaveLength(3);
    const refused = await tpp.createConsent(GLOBAL_CONSENT, { "tpp-nok-redirect-uri": `${CALLBACK}?nok=1` });
    const back = await actAsPerson({ url: refused.json["_links"].scaRedirect.href as string, user: "demo", decision: "refuse" });
    expect(back.redirectedTo?.href).toBe(`${CALLBACK}?nok=1`);
    expect(codeOf(await tpp.createConsent(GLOBAL_CONSENT, { "tpp-redirect-uri": undefined }))).toBe("FORMAT_ERROR");
  });

  it("explicit start: the link comes from the authorisation that the TPP starts", async () => {
    await using bank = await startBerlinGroupBank({ sca: "redirect" });
    const tpp = new TestTpp(bank);
    const created = await tpp.createConsent(GLOBAL_CONSENT, { "tpp-explicit-authorisation-preferred": "true" });
    expect(created.json["_links"].scaRedirect).toBeUndefined();
    const started = await tpp.call(created.json["_links"].startAuthorisation.href as string, { method: "POST", body: {} });
    expect(started.status).toBe(201);
    expect(schemaErrors("startScaprocessResponse", started.json)).toEqual([]);
    await actAsPerson({ url: started.json["_links"].scaRedirect.href as string, user: "anna" });
    expect((await tpp.call(`/v1/consents/${created.json["consentId"]}/status`)).json["consentStatus"]).toBe("valid");
    expect((await tpp.call(started.json["_links"].scaStatus.href as string)).json).toEqual({ scaStatus: "finalised" });
  });

  it("pre-step: a token comes first, then the redirect; the token's person is the consent's", async () => {
    await using bank = await startBerlinGroupBank({ sca: "oauth-pre-step" });
    const tpp = new TestTpp(bank);
    const without = await tpp.createConsent();
    expect([without.status, codeOf(without)]).toEqual([401, "TOKEN_UNKNOWN"]);
    expect(without.json["_links"].scaOAuth.href).toContain("/.well-known/");
    await tpp.authorise("AISP", { user: "anna" });
    const created = await tpp.createConsent();
    const stranger = await actAsPerson({ url: created.json["_links"].scaRedirect.href as string, user: "demo" });
    expect(stranger.lastStatus).toBe(401);
    await actAsPerson({ url: created.json["_links"].scaRedirect.href as string, user: "anna" });
    expect(await tpp.accountsOf(created.json["consentId"] as string)).toHaveLength(1);
  });

  it("decoupled: confirmed in the bank's app or by the admin API", async () => {
    await using bank = await startBerlinGroupBank({ sca: "decoupled" });
    const tpp = new TestTpp(bank);
    const created = await tpp.createConsent(GLOBAL_CONSENT, { "psu-id": "demo" });
    expect(created.headers.get("aspsp-sca-approach")).toBe("DECOUPLED");
    expect(created.json["psuMessage"]).toContain("app");
    const authorisation = String(created.json["_links"].scaStatus.href).split("/").at(-1);
    const page = await actAsPerson({ url: `${bank.baseUrl}/sca/app/${authorisation}`, user: "demo" });
    expect([page.redirectedTo, page.lastStatus]).toEqual([undefined, 200]);
    expect((await tpp.call(`/v1/consents/${created.json["consentId"]}/status`)).json["consentStatus"]).toBe("valid");
    const other = (await tpp.createConsent()).json["consentId"] as string;
    bank.admin.decide({ consentId: other, user: "demo", decision: "refuse" });
    expect((await tpp.call(`/v1/consents/${other}/status`)).json["consentStatus"]).toBe("rejected");
  });
});
