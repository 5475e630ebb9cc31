import { createPublicKey } from "node:crypto";
import { tppSeal } from "../pki/tpp-seal.ts";

/** What the TPP signs request objects and client assertions with (PS256), and the public half as the Directory's JWKS would have it. */
export interface TppKey {
  readonly keyId: string;
  /** PEM */
  readonly cert: string;
  /** PKCS#8 PEM */
  readonly key: string;
  readonly jwks: { readonly keys: readonly object[] };
}

const KEY_ID = "sandbox-tpp-1";

export async function tppKey(): Promise<TppKey> {
  const { cert, key } = await tppSeal();
  const jwk = createPublicKey(key).export({ format: "jwk" });
  return { keyId: KEY_ID, cert, key, jwks: { keys: [{ ...jwk, kid: KEY_ID, use: "sig" }] } };
}
