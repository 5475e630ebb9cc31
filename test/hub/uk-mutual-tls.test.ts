import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SandboxCa } from "../../src/sandbox/pki/sandbox-ca.ts";
import { startUkOpenBankingBank } from "../../src/sandbox/uk-open-banking/bank.ts";
import { startTestHub, type TestHub } from "../hub.ts";

const ca = new SandboxCa("Test directory");
const server = ca.issue({ subject: { CN: "bank.example" }, use: "server" });
const client = ca.issue({ subject: { C: "GB", O: "Hub", CN: "hub" }, use: "client" });
const usual = getCACertificates("default");

describe("a consent's life at a UK bank that knows its client by the certificate alone", () => {
  let t: TestHub;
  beforeAll(async () => {
    // For the person's browser alone: the hub trusts what its entry names.
    setDefaultCACertificates([...usual, ca.cert]);
    const tls = { key: server.key, cert: server.cert, clientCa: ca.cert };
    const auth = { method: "tls_client_auth", tlsSubjectDn: "CN=hub, O=Hub, C=GB" } as const;
    t = await startTestHub({
      startBank: () => startUkOpenBankingBank({ businessCount: 1, tls, auth }),
      entry: { tls: { cert: client.cert, key: client.key, ca: ca.cert } },
    });
  });
  afterAll(async () => {
    await t[Symbol.asyncDispose]();
    setDefaultCACertificates(usual);
  });

  it("would be refused without: at the token endpoint, and at the API even with a token", async () => {
    const form = new URLSearchParams({ grant_type: "client_credentials", scope: "accounts", client_id: t.bank.entry.auth.clientId });
    expect((await fetch(t.bank.entry.auth.tokenUrl, { method: "POST", body: form })).status).toBe(401);
    const headers = { authorization: "Bearer anything", accept: "application/json" };
    expect((await fetch(`${t.bank.baseUrl}/open-banking/v4.0/aisp/accounts`, { headers })).status).toBe(401);
  });

  it("is opened, authorised, read and ended", async () => {
    const { consentId, landing } = await t.givenConsent({ login: "anna" });
    expect(landing.searchParams.get("status")).toBe("GIVEN");
    expect((await t.update(consentId)).at(-1)?.status).toBe("COMPLETED");
    const ended = `mutation ($id: ID!) { deleteConsent(input: { consentId: $id }) { receipt { bankRevocation } } }`;
    const { deleteConsent } = await t.client.run<{ deleteConsent: { receipt: { bankRevocation: string } } }>(ended, { id: consentId });
    expect(deleteConsent.receipt.bankRevocation).toBe("DONE");
  });
});
