import { createHash, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { TLSSocket } from "node:tls";
import { header, type Call } from "../kit/http-message.ts";
import type { FapiTokenFacts } from "../oauth/fapi-server.ts";
import type { BankContext } from "./context.ts";
import { bare, obError } from "./ob-error.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** RFC 7231 IMF-fixdate. */
const FULL_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

const CHECKS: readonly { readonly name: string; readonly valid: (value: string) => boolean; readonly expected: string }[] = [
  { name: "x-fapi-interaction-id", valid: (value) => UUID.test(value), expected: "a UUID" },
  { name: "x-fapi-customer-ip-address", valid: (value) => isIP(value) > 0, expected: "an IP address" },
  { name: "x-fapi-auth-date", valid: (value) => FULL_DATE.test(value), expected: "an RFC 7231 date" },
];

/** The rules that every request must keep (Read/Write Data API, "Headers"). */
export function checkHeaders(call: Call, { settings }: BankContext): void {
  for (const { name, valid, expected } of CHECKS) {
    const value = header(call, name);
    if (value !== undefined && !valid(value))
      throw obError(settings.version, 400, "UK.OBIE.Header.Invalid", `${name} must be ${expected}.`, name);
  }
  if (header(call, "x-jws-signature") !== undefined)
    throw obError(settings.version, 400, "UK.OBIE.Signature.Unexpected", "Account information is not signed.", "x-jws-signature");
  const accept = header(call, "Accept");
  if (accept !== undefined && !/\*\/\*|application\/(\*|json)/.test(accept)) throw bare(406);
}

/** The JSON body of a POST; 415 for another Content-Type. */
export function jsonBody(call: Call, { settings }: BankContext): unknown {
  if (!/^application\/json\s*(;|$)/i.test(header(call, "Content-Type") ?? "")) throw bare(415);
  try {
    return JSON.parse(call.body.toString("utf8")) as unknown;
  } catch {
    throw obError(settings.version, 400, "UK.OBIE.Resource.InvalidFormat", "The body is not JSON.");
  }
}

/** Who calls: the certificate's subject; without mutual TLS every caller is one TPP. */
export function identifyTpp(call: Call, { settings }: Pick<BankContext, "settings">): string {
  return certificateOf(call, settings.tls !== undefined)?.subject ?? "tpp";
}

function certificateOf({ request }: Call, needed: boolean): X509Certificate | undefined {
  if (!needed) return undefined;
  const { socket } = request;
  const raw = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate().raw : undefined;
  if (!raw) throw bare(401);
  return new X509Certificate(raw);
}

/** The live token of a call. 401 without a body where there is none or it is dead; 403 where it is of the wrong kind. */
export async function requireToken(call: Call, context: BankContext, kind: FapiTokenFacts["kind"]): Promise<FapiTokenFacts> {
  const certificate = certificateOf(call, context.settings.tls !== undefined);
  const challenge = { "www-authenticate": 'Bearer error="invalid_token"' };
  const bearer = /^Bearer (\S+)$/i.exec(header(call, "Authorization") ?? "")?.[1];
  const facts = bearer === undefined ? undefined : await context.lookUpToken(bearer);
  if (!facts || facts.expired) throw bare(401, challenge);
  const thumbprint = certificate && createHash("sha256").update(certificate.raw).digest("base64url");
  if (facts.thumbprint !== undefined && facts.thumbprint !== thumbprint) throw bare(401, challenge);
  if (facts.kind !== kind || !facts.scopes.has("accounts")) throw bare(403);
  return facts;
}

/** True: the person is there, the call does not count. */
export function psuPresent(call: Call): boolean {
  return header(call, "x-fapi-customer-ip-address") !== undefined;
}
