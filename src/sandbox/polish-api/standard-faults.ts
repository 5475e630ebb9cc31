import { inGroup, STANDARD_FAULTS, type Fault } from "../kit/faults/fault.ts";
import { header, type Call, type Reply } from "../kit/http-message.ts";
import { errorReply } from "./api-error.ts";
import type { BankContext } from "./context.ts";
import { requestIdOf } from "./request-check.ts";

/** The refusals of the fault list in this bank's words. `undefined`: not one of these, or the standard has no such answer. */
export function standardFaultReply({ kind, params }: Fault, call: Call, context: BankContext): Reply | undefined {
  if (!inGroup(STANDARD_FAULTS, kind)) return undefined;
  const refuse = (status: number, code: string, message: string, headers: Reply["headers"] = {}) => {
    const requestId = requestIdIn(call);
    return errorReply(context, status, code, message, { headers, ...(requestId === undefined ? {} : { requestId }) });
  };
  switch (kind) {
    case "rate-limited":
      return refuse(429, "REQUEST_LIMIT_EXCEEDED", "Request limit for this day exceeded.", retryAfter(params?.retryAfter ?? "seconds", params?.seconds ?? 30, context.ledger.clock.now())); // prettier-ignore
    case "error":
      return refuse(params?.status ?? 400, params?.code ?? "BAD_REQUEST", params?.text ?? "Injected error.");
    case "consent-expired":
      return refuse(401, "CONSENT_EXPIRED", "The consent has expired.");
    case "consent-expired-403":
      return refuse(403, "CONSENT_EXPIRED", "The consent has expired.");
    case "consent-invalid":
      return refuse(401, "CONSENT_INVALID", "The consent is not valid.");
    case "consent-unknown":
      return refuse(403, "CONSENT_UNKNOWN", "The consent is unknown.");
    case "consent-revoked": {
      const bearer = /^Bearer (\S+)$/i.exec(header(call, "Authorization") ?? "")?.[1] ?? "";
      const found = context.consents.token(bearer);
      if (found) context.consents.end(found.consent);
      return refuse(403, "CONSENT_REVOKED", "The consent was taken back.");
    }
    case "consent-status-slow":
      return undefined; // nobody can ask for a status
    case "token-expired":
      return refuse(401, "TOKEN_EXPIRED", "The token has expired.");
    case "token-invalid":
      return refuse(401, "UNAUTHORIZED", "The token is not valid.");
    case "account-blocked":
      return refuse(422, "ACCOUNT_BLOCKED", "The account is blocked.");
    case "account-unknown":
      return refuse(422, "ACCOUNT_UNKNOWN", "The account is unknown.");
    case "period-invalid":
      return refuse(422, "HISTORY_NEEDS_SCA", "The period is not offered.");
    case "booking-status-unsupported":
      return refuse(501, "NOT_IMPLEMENTED", "The list is not offered.");
  }
}

function requestIdIn(call: Call): string | undefined {
  try {
    return requestIdOf(JSON.parse(call.body.toString("utf8")));
  } catch {
    return undefined;
  }
}

function retryAfter(form: "seconds" | "date" | "absurd" | "absent", seconds: number, now: Date): Record<string, string> {
  switch (form) {
    case "seconds":
      return { "retry-after": String(seconds) };
    case "date":
      return { "retry-after": new Date(now.getTime() + seconds * 1000).toUTCString() };
    case "absurd":
      return { "retry-after": "99999999999" };
    case "absent":
      return {};
  }
}
