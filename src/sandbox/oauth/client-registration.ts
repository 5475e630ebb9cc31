import type { ClientMetadata, JWKS } from "oidc-provider";

export type ClientAuthMethod = "client_secret_basic" | "client_secret_post" | "private_key_jwt" | "tls_client_auth";

/** The one TPP that is registered at a sandbox bank. */
export interface ClientRegistration {
  readonly clientId: string;
  readonly clientSecret: string;
  /** @default "client_secret_basic" (client_secret_post is then accepted too, and the reverse) */
  readonly method: ClientAuthMethod;
  /** Public keys, for private_key_jwt. */
  readonly jwks?: { readonly keys: readonly object[] };
  /** Subject DN as the client certificate prints it, comma-separated; for tls_client_auth. */
  readonly tlsSubjectDn?: string;
  /** `"any"`: every https URI and every http URI on a loopback host, without a fragment. A list: exactly these. */
  readonly redirectUris: readonly string[] | "any";
}

export function redirectUriAllowed(uri: string, allowed: readonly string[] | "any"): boolean {
  if (allowed !== "any") return allowed.includes(uri);
  const url = URL.parse(uri);
  if (!url || url.hash !== "" || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname));
}

/** oidc-provider wants at least one URI; the real check is `redirectUriAllowed`. */
export function clientMetadata(client: ClientRegistration): ClientMetadata {
  const secret = client.method.startsWith("client_secret") ? { client_secret: client.clientSecret } : {};
  const keys = client.method === "private_key_jwt" && client.jwks ? { jwks: client.jwks as unknown as JWKS } : {};
  const subject = client.method === "tls_client_auth" ? { tls_client_auth_subject_dn: client.tlsSubjectDn ?? "" } : {};
  return {
    client_id: client.clientId,
    ...secret,
    ...keys,
    ...subject,
    token_endpoint_auth_method: client.method,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    id_token_signed_response_alg: "ES256",
    redirect_uris: ["https://placeholder.invalid/callback"],
  };
}
