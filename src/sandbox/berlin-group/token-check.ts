import { header, type Call } from "../kit/http-message.ts";
import type { TokenFacts } from "../oauth/authorization-server.ts";
import { absolute, type BankContext } from "./context.ts";
import { tppError } from "./tpp-error.ts";

export const METADATA_PATH = "/.well-known/oauth-authorization-server";

/** The live token of a call, holding `scope`; 401 otherwise, with a link to where tokens come from. */
export async function requireToken(call: Call, context: BankContext, scope: string): Promise<TokenFacts> {
  const refuse = (code: string, text: string) =>
    tppError(401, code, text, {
      links: { scaOAuth: absolute(context, METADATA_PATH) },
      headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    });
  const bearer = /^Bearer (\S+)$/i.exec(header(call, "Authorization") ?? "")?.[1];
  if (bearer === undefined) throw refuse("TOKEN_UNKNOWN", "An access token is needed.");
  const facts = await context.lookUpToken(bearer);
  if (!facts) throw refuse("TOKEN_UNKNOWN", "The access token is unknown.");
  if (facts.expired) throw refuse("TOKEN_EXPIRED", "The access token has expired.");
  if (!facts.scopes.has(scope)) throw refuse("TOKEN_INVALID", "The access token is not for this resource.");
  return facts;
}
