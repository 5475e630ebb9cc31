import { createHash, createSign, randomUUID, X509Certificate } from "node:crypto";
import { request } from "node:https";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { SandboxCa, type Certificate } from "../pki/sandbox-ca.ts";
import { startBerlinGroupBank } from "./bank.ts";
import { CALLBACK, codeOf, GLOBAL_CONSENT, TestTpp } from "./tpp.fixture.ts";

const ca = new SandboxCa();
const server = ca.issue({ subject: { CN: "bank.example" }, use: "server" });
const tls = { key: server.key, cert: server.cert, clientCa: ca.cert };
const tppCertificate = ca.issue({
  subject: { C: "PL", O: "Hub", organizationIdentifier: "PSDPL-KNF-1234567890", CN: "hub.example" },
  use: "client",
  roles: ["PSP_AI"],
});

/** POST over mutual TLS; the parsed answer. */
function post(
  url: string,
  client: Certificate | undefined,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: number; json: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const identity = client ? { cert: client.cert, key: client.key } : {};
    const sent = request(url, { method: "POST", ca: ca.cert, ...identity, agent: false, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) as Record<string, unknown> }));
    });
    sent.on("error", reject).end(body);
  });
}

async function createConsent(url: string, client?: Certificate): Promise<{ status: number; code: string }> {
  const headers = {
    "x-request-id": randomUUID(),
    "psu-ip-address": "192.0.2.1",
    "content-type": "application/json",
    "tpp-redirect-uri": CALLBACK,
  };
  const { status, json } = await post(`${url}/v1/consents`, client, headers, JSON.stringify(GLOBAL_CONSENT));
  return { status, code: (json as { tppMessages?: { code: string }[] }).tppMessages?.[0]?.code ?? "" };
}

describe("mutual TLS", () => {
  it("accepts certificates of the bank's CA with the AIS role, and no others", async () => {
    await using bank = await startBerlinGroupBank({ sca: "redirect", tls, requireAisRole: true });
    expect(await createConsent(bank.baseUrl, tppCertificate)).toEqual({ status: 201, code: "" });
    expect(await createConsent(bank.baseUrl)).toEqual({ status: 401, code: "CERTIFICATE_MISSING" });
    const stranger = new SandboxCa("Other CA").issue({ subject: { CN: "x" }, use: "client", roles: ["PSP_AI"] });
    expect(await createConsent(bank.baseUrl, stranger)).toEqual({ status: 401, code: "CERTIFICATE_INVALID" });
    const expired = ca.issue({ subject: { CN: "x" }, use: "client", roles: ["PSP_AI"], notAfter: new Date(Date.now() - 1000) });
    expect(await createConsent(bank.baseUrl, expired)).toEqual({ status: 401, code: "CERTIFICATE_INVALID" });
    const payer = ca.issue({ subject: { CN: "x" }, use: "client", roles: ["PSP_PI"] });
    expect(await createConsent(bank.baseUrl, payer)).toEqual({ status: 401, code: "ROLE_INVALID" });
  });

  it("authenticates the client at the token endpoint by its certificate", async () => {
    const tlsSubjectDn = "CN=hub.example, organizationIdentifier=PSDPL-KNF-1234567890, O=Hub, C=PL";
    await using bank = await startBerlinGroupBank({
      tls,
      auth: { method: "tls_client_auth", clientId: "PSDPL-KNF-1234567890", tlsSubjectDn },
    });
    const refresh = async (client?: Certificate) => {
      const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "none", client_id: "PSDPL-KNF-1234567890" });
      return (await post(bank.entry.auth.tokenUrl, client, { "content-type": "application/x-www-form-urlencoded" }, body.toString())).json;
    };
    expect(await refresh(tppCertificate)).toMatchObject({ error: "invalid_grant" });
    expect(await refresh(ca.issue({ subject: { CN: "another" }, use: "client" }))).toMatchObject({ error: "invalid_client" });
    expect(await refresh()).toHaveProperty("tppMessages");
  });
});

describe("private_key_jwt", () => {
  it("takes an assertion signed by the registered key", async () => {
    const { privateKey, publicKey } = await generateKeyPair("PS256", { extractable: true });
    const key = { ...(await exportJWK(publicKey)), kid: "k1", alg: "PS256", use: "sig" };
    await using bank = await startBerlinGroupBank({ auth: { method: "private_key_jwt", clientId: "hub", jwks: { keys: [key] } } });
    const assertion = (signer: typeof privateKey) =>
      new SignJWT({})
        .setProtectedHeader({ alg: "PS256", kid: "k1" })
        .setIssuer("hub")
        .setSubject("hub")
        .setAudience(new URL(bank.entry.auth.tokenUrl).origin)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime("2m")
        .sign(signer);
    const exchange = async (signer: typeof privateKey) => {
      const form = {
        grant_type: "refresh_token",
        refresh_token: "none",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await assertion(signer),
      };
      return (await (await fetch(bank.entry.auth.tokenUrl, { method: "POST", body: new URLSearchParams(form) })).json()) as Record<
        string,
        unknown
      >;
    };
    expect(await exchange(privateKey)).toMatchObject({ error: "invalid_grant" });
    expect(await exchange((await generateKeyPair("PS256")).privateKey)).toMatchObject({ error: "invalid_client" });
  });
});

describe("HTTP signatures", () => {
  it("verify over body and headers, and tell what is wrong", async () => {
    await using bank = await startBerlinGroupBank({ sca: "redirect", signatures: { ca: ca.cert } });
    const tpp = new TestTpp(bank);
    const signed = (certificate: Certificate, names: readonly string[], changes: Record<string, string> = {}) => {
      const serial = new X509Certificate(certificate.cert).serialNumber;
      const headers: Record<string, string> = {
        digest: `SHA-256=${createHash("sha256").update(JSON.stringify(GLOBAL_CONSENT)).digest("base64")}`,
        "x-request-id": randomUUID(),
        "tpp-redirect-uri": CALLBACK,
      };
      const text = names.map((name) => `${name}: ${headers[name] ?? ""}`).join("\n");
      const signature = createSign("RSA-SHA256").update(text).sign(certificate.key, "base64");
      const bare = certificate.cert.replace(/-----.*-----|\n/g, "");
      return tpp.createConsent(GLOBAL_CONSENT, {
        ...headers,
        signature: `keyId="SN=${serial},CA=CN=Sandbox CA",algorithm="rsa-sha256",headers="${names.join(" ")}",signature="${signature}"`,
        "tpp-signature-certificate": bare,
        ...changes,
      });
    };
    const names = ["digest", "x-request-id", "tpp-redirect-uri"];
    expect((await signed(tppCertificate, names)).status).toBe(201);
    expect(codeOf(await signed(tppCertificate, ["digest", "x-request-id"]))).toBe("SIGNATURE_INVALID");
    expect(codeOf(await signed(tppCertificate, names, { "x-request-id": randomUUID() }))).toBe("SIGNATURE_INVALID");
    expect(codeOf(await signed(tppCertificate, names, { digest: "SHA-256=AAAA" }))).toBe("SIGNATURE_INVALID");
    expect(codeOf(await signed(new SandboxCa("Other CA").issue({ subject: { CN: "x" }, use: "client" }), names))).toBe(
      "CERTIFICATE_INVALID",
    );
    expect(codeOf(await tpp.createConsent())).toBe("SIGNATURE_MISSING");
  });
});
