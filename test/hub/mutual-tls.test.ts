import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestHub, type TestHub } from "../hub.ts";
import { SandboxCa } from "../../src/sandbox/pki/sandbox-ca.ts";

const ca = new SandboxCa("Test QTSP");
const subject = { C: "PL", O: "Hub", organizationIdentifier: "PSDPL-KNF-1", CN: "hub" };
const server = ca.issue({ subject: { CN: "bank.example" }, use: "server" });
const web = ca.issue({ subject, use: "client", roles: ["PSP_AI"] });
const seal = ca.issue({ subject: { ...subject, CN: "hub seal" }, use: "client", roles: ["PSP_AI"] });
const usual = getCACertificates("default");

/** The bank wants a certificate with the role on every call of its interface, and every request signed. */
const bank = {
  tls: { key: server.key, cert: server.cert, clientCa: ca.cert },
  requireAisRole: true,
  signatures: { ca: ca.cert },
  auth: {
    method: "tls_client_auth",
    clientId: "PSDPL-KNF-1",
    tlsSubjectDn: "CN=hub, organizationIdentifier=PSDPL-KNF-1, O=Hub, C=PL",
  },
} as const;
const entry = { tls: { cert: web.cert, key: web.key, ca: ca.cert }, sign: { cert: seal.cert, key: seal.key } };

describe("a consent's life over mutual TLS with signed requests", () => {
  let t: TestHub;
  beforeAll(async () => {
    // For the person's browser alone: the hub trusts what its entry names.
    setDefaultCACertificates([...usual, ca.cert]);
    t = await startTestHub({ bank: { ...bank, businessCount: 50 }, entry });
  });
  afterAll(async () => {
    await t[Symbol.asyncDispose]();
    setDefaultCACertificates(usual);
  });

  it("would be refused without either: the bank is strict", async () => {
    const response = await fetch(`${t.bank.baseUrl}/v1/accounts`, { headers: { accept: "application/json" } });
    expect([response.status, await response.text()]).toEqual([401, expect.stringContaining("CERTIFICATE_MISSING")]);
    t.bank.admin.clearRequests();
  });

  it("is opened, authorised, read and ended, each request with certificate and signature", async () => {
    const { consentId, landing } = await t.givenConsent();
    expect(landing.searchParams.get("status")).toBe("GIVEN");
    const states = await t.update(consentId);
    expect(states.at(-1)?.status).toBe("COMPLETED");
    const { consent } = await t.client.run<{ consent: { accounts: { nodes: { transactions: { totalCount: number } }[] } } }>(
      `query ($id: ID!) { consent(id: $id) { accounts { nodes { transactions { totalCount } } } } }`,
      { id: consentId },
    );
    expect(consent.accounts.nodes).toHaveLength(t.bank.admin.truth("demo").accounts.length);
    expect(Math.max(...consent.accounts.nodes.map(({ transactions }) => transactions.totalCount))).toBeGreaterThan(50);

    const ended = `mutation ($id: ID!) { deleteConsent(input: { consentId: $id }) { errors { message } } }`;
    expect((await t.client.run<{ deleteConsent: { errors: unknown[] } }>(ended, { id: consentId })).deleteConsent.errors).toEqual([]);
    await expect.poll(() => t.bank.admin.requests("consent-delete").map(({ status }) => status), { timeout: 20_000 }).toEqual([204]);

    const calls = t.bank.admin.requests().filter(({ path }) => path.startsWith("/v1/"));
    expect(new Set(calls.map(({ operation }) => operation))).toEqual(
      new Set([
        "consent-create",
        "consent-status",
        "consent",
        "accounts",
        "card-accounts",
        "balances",
        "card-balances",
        "transactions",
        "card-transactions",
        "consent-delete",
      ]),
    );
    expect(
      calls.filter(({ status, headers }) => status >= 400 || headers["signature"] === undefined || headers["digest"] === undefined),
    ).toEqual([]);
  });
});
