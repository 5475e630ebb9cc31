import { TLSSocket } from "node:tls";
import type { z } from "zod";
import { header, type Call } from "../kit/http-message.ts";
import { apiError } from "./api-error.ts";
import { schemaOf, type BodyName, type BodyOf } from "./bodies.ts";
import type { BankContext } from "./context.ts";
import { signatureFault } from "./jws.ts";

/** The rules that every request must keep, in the order in which a bank's gateway meets them. Gives the body as the specification has it. */
export function checkedBody<Name extends BodyName>(context: BankContext, call: Call, name: Name): BodyOf<Name> {
  checkTpp(context, call);
  checkHeaders(context, call);
  const fault = signatureFault(header(call, "X-JWS-SIGNATURE") ?? "", call.body, context.tppCertificate);
  if (fault !== undefined) throw apiError(context, 401, "INVALID_SIGNATURE", fault);
  const json = jsonOf(context, call);
  const schema: z.ZodType<BodyOf<Name>> = schemaOf(context.settings.version, name) as unknown as z.ZodType<BodyOf<Name>>; // one of a record of schemas, by the name it was asked with
  const parsed = schema.safeParse(json);
  const id = requestIdOf(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw apiError(context, 400, "BAD_REQUEST", `${issue?.path.join(".") || "body"}: ${issue?.message ?? "invalid"}`, id);
  }
  if (id !== header(call, "X-REQUEST-ID"))
    throw apiError(context, 400, "BAD_REQUEST", "X-REQUEST-ID and requestHeader.requestId differ.", id);
  const { tppId } = (parsed.data as { requestHeader: { tppId?: string } }).requestHeader;
  if (tppId !== undefined && tppId !== context.clientId) throw apiError(context, 403, "TPP_UNKNOWN", "The tppId is not registered.", id);
  return parsed.data;
}

function checkTpp(context: BankContext, { request: { socket } }: Call): void {
  if (!context.settings.tls) return;
  if (!(socket instanceof TLSSocket) || !socket.authorized)
    throw apiError(context, 401, "CERTIFICATE_INVALID", "A client certificate is needed.");
}

const HEADERS: readonly { readonly name: string; readonly valid: RegExp; readonly status: number }[] = [
  { name: "Content-Type", valid: /^application\/json\s*(;\s*charset=utf-8)?$/i, status: 415 },
  { name: "Accept-Encoding", valid: /^(gzip|deflate)$/i, status: 406 },
  { name: "Accept-Charset", valid: /^utf-8$/i, status: 406 },
  { name: "Accept-Language", valid: /^[a-z*]/i, status: 400 },
  { name: "X-REQUEST-ID", valid: /^[0-9a-f-]{36}$/i, status: 400 },
  { name: "X-JWS-SIGNATURE", valid: /^\S+$/, status: 400 },
];

function checkHeaders(context: BankContext, call: Call): void {
  for (const { name, valid, status } of HEADERS) {
    const value = header(call, name);
    if (value === undefined) throw apiError(context, status, "BAD_REQUEST", `The header ${name} is missing.`);
    if (!valid.test(value)) throw apiError(context, status, "BAD_REQUEST", `The header ${name} has a value that is not accepted.`);
  }
}

function jsonOf(context: BankContext, call: Call): unknown {
  try {
    return JSON.parse(call.body.toString("utf8"));
  } catch {
    throw apiError(context, 400, "BAD_REQUEST", "The body is not JSON.");
  }
}

/** Of any body, also one that breaks rules: errors name it too. */
export function requestIdOf(body: unknown): string | undefined {
  const id = (body as { requestHeader?: { requestId?: unknown } } | null)?.requestHeader?.requestId;
  return typeof id === "string" ? id : undefined;
}
