import { inGroup, STANDARD_FAULTS, type Fault } from "../kit/faults/fault.ts";
import { header, jsonReply, type Call, type Reply } from "../kit/http-message.ts";
import type { BankContext } from "./context.ts";
import { echoed } from "./context.ts";
import { tppErrorReply } from "./tpp-error.ts";

/** The refusals of the fault list in Berlin Group's words. `undefined`: not one of these. */
export function standardFaultReply({ kind, params }: Fault, call: Call, context: BankContext): Reply | undefined {
  if (!inGroup(STANDARD_FAULTS, kind)) return undefined;
  switch (kind) {
    case "rate-limited":
      return tppErrorReply(429, "ACCESS_EXCEEDED", "Too many accesses.", {
        headers: retryAfter(params?.retryAfter ?? "seconds", params?.seconds ?? 30, context.ledger.clock.now()),
      });
    case "error":
      return tppErrorReply(params?.status ?? 400, params?.code ?? "FORMAT_ERROR", params?.text ?? "Injected error.");
    case "consent-expired":
      return tppErrorReply(401, "CONSENT_EXPIRED", "The consent has expired.");
    case "consent-expired-403":
      return tppErrorReply(403, "CONSENT_EXPIRED", "The consent has expired.");
    case "consent-invalid":
      return tppErrorReply(401, "CONSENT_INVALID", "The consent is not valid.");
    case "consent-unknown":
      return tppErrorReply(403, "CONSENT_UNKNOWN", "The consent is unknown.");
    case "consent-revoked": {
      const consent = context.consents.get(header(call, "Consent-ID") ?? "");
      if (consent) context.consents.end(consent, "revokedByPsu");
      return tppErrorReply(401, "CONSENT_INVALID", "The consent has been revoked.");
    }
    case "consent-status-slow":
      return jsonReply(200, { consentStatus: "received" }, echoed(call));
    case "token-expired":
      return tppErrorReply(401, "TOKEN_EXPIRED", "The access token has expired.");
    case "token-invalid":
      return tppErrorReply(401, "TOKEN_INVALID", "The access token is not valid.");
    case "account-blocked":
      return tppErrorReply(400, "RESOURCE_BLOCKED", "The account is blocked.");
    case "account-unknown":
      return tppErrorReply(404, "RESOURCE_UNKNOWN", "The account is unknown.");
    case "period-invalid":
      return tppErrorReply(400, "PERIOD_INVALID", "The period is not offered.", { path: "dateFrom" });
    case "booking-status-unsupported":
      return tppErrorReply(400, "PARAMETER_NOT_SUPPORTED", "This bookingStatus is not offered.", { path: "bookingStatus" });
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
