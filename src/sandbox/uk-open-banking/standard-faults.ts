import { inGroup, STANDARD_FAULTS, type Fault } from "../kit/faults/fault.ts";
import { header, type Call, type Reply } from "../kit/http-message.ts";
import { printedConsent } from "./consent-routes.ts";
import { answer, type BankContext } from "./context.ts";
import { bareReply, obErrorReply } from "./ob-error.ts";

/**
 * The refusals of the fault list in this standard's words. `undefined`: not one of these, or one that the standard cannot say (it has no booking status
 * to refuse). An ended consent is a dead token here: 401, in 4.0 with the reason.
 */
export async function standardFaultReply({ kind, params }: Fault, call: Call, context: BankContext): Promise<Reply | undefined> {
  if (!inGroup(STANDARD_FAULTS, kind)) return undefined;
  const { version } = context.settings;
  const reply = (status: number, code: string, message: string, path?: string) =>
    obErrorReply(version, status, code, message, path === undefined ? {} : { path });
  const dead = (code: "TKXP" | "TKSP", message: string) => (version === "4.0" ? reply(401, code, message) : bareReply(401));
  switch (kind) {
    case "rate-limited":
      return bareReply(429, retryAfter(params?.retryAfter ?? "seconds", params?.seconds ?? 30, context.ledger.clock.now()));
    case "error":
      return reply(params?.status ?? 400, params?.code ?? "UK.OBIE.Field.Invalid", params?.text ?? "Injected error.");
    case "consent-expired":
    case "token-expired":
      return dead("TKXP", "The access token has expired.");
    case "consent-expired-403":
      return reply(403, "UK.OBIE.Resource.InvalidConsentStatus", "The consent has expired.");
    case "consent-invalid":
      return reply(400, "UK.OBIE.Resource.InvalidConsentStatus", "The consent is not authorised.");
    case "consent-unknown":
      return reply(400, "UK.OBIE.Resource.NotFound", "There is no such consent.", "ConsentId");
    case "consent-revoked": {
      const token = /^Bearer (\S+)$/i.exec(header(call, "Authorization") ?? "")?.[1] ?? "";
      const consent = context.consents.byGrant((await context.lookUpToken(token))?.grantId);
      if (consent) context.consents.end(consent, "REVOKED");
      return dead("TKSP", "The person ended the access.");
    }
    case "consent-status-slow": {
      const consent = context.consents.get(decodeURIComponent(call.path.split("/").at(-1) ?? ""));
      return consent && answer(call, context, printedConsent(consent, context, "AWAITING"), { top: { Risk: {} } });
    }
    case "token-invalid":
      return bareReply(401, { "www-authenticate": 'Bearer error="invalid_token"' });
    case "account-blocked":
      return reply(403, "UK.OBIE.Field.Invalid", "Account, or Accounts have blocks.", "AccountId");
    case "account-unknown":
      return reply(400, "UK.OBIE.Resource.NotFound", "There is no such account in the consent.", "AccountId");
    case "period-invalid":
      return reply(403, "UK.OBIE.Reauthenticate", "Only the last 90 days without the person.", "fromBookingDateTime");
    case "booking-status-unsupported":
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
