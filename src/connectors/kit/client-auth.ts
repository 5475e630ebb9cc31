import { createPrivateKey, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { BankError } from "../../domain/failure.ts";
import { MINUTE, SECOND } from "../../domain/time.ts";
import type { OAuthClient } from "./oauth-client.ts";

/** How this client proves itself at a token (or PAR) endpoint: headers and form fields to add (RFC 6749 2.3, RFC 7523, RFC 8705). */
export async function clientAuthentication(
  client: OAuthClient,
  tokenUrl: string,
): Promise<{ readonly headers: Record<string, string>; readonly form: Record<string, string> }> {
  const { clientId, clientSecret, method } = client.connection.auth;
  switch (method) {
    case "client_secret_basic": {
      const pair = [clientId, clientSecret ?? ""].map((text) => encodeURIComponent(text)).join(":");
      return { headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` }, form: {} };
    }
    case "client_secret_post":
      return { headers: {}, form: { client_id: clientId, client_secret: clientSecret ?? "" } };
    case "tls_client_auth":
      return { headers: {}, form: { client_id: clientId } };
    case "private_key_jwt": {
      const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
      const form = { client_id: clientId, client_assertion_type: type, client_assertion: await assertion(client, tokenUrl) };
      return { headers: {}, form };
    }
  }
}

/** RFC 7523. Issued ten seconds ago, so that a bank whose clock is behind does not see the future. */
async function assertion({ connection, profile, clock }: OAuthClient, tokenUrl: string): Promise<string> {
  const { auth, sign } = connection;
  if (sign === null)
    throw new BankError("TPP_NOT_ACCEPTED", "UNKNOWN", "private_key_jwt needs the bank entry's sign.key", { bankCode: "NO_KEY" });
  const key = createPrivateKey(sign.key);
  const issuedAt = Math.floor((clock.now() - 10 * SECOND) / SECOND);
  return new SignJWT({ iss: auth.clientId, sub: auth.clientId, aud: profile.oauthAudience ?? tokenUrl, jti: randomUUID() })
    .setProtectedHeader({ alg: key.asymmetricKeyType === "ec" ? "ES256" : "PS256", ...(sign.keyId === null ? {} : { kid: sign.keyId }) })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + (2 * MINUTE) / SECOND)
    .sign(key);
}
