import type { Call, Reply } from "../kit/http-message.ts";
import type { Route } from "../kit/router.ts";
import { answer, apiPath, dateTime, interaction, type BankContext } from "./context.ts";
import { readConsentRequest } from "./consent-request.ts";
import { printedStatus, type Consent, type ConsentStatus } from "./consent.ts";
import { obError } from "./ob-error.ts";
import { checkHeaders, identifyTpp, jsonBody, requireToken } from "./request-gate.ts";

/** `/account-access-consents`: with the client's own token. */
export function consentRoutes(context: BankContext): Route[] {
  const path = `${apiPath(context.settings)}/account-access-consents`;
  return [
    { operation: "consent-create", method: "POST", pattern: path, handle: (call) => create(call, context) },
    {
      operation: "consent-status",
      method: "GET",
      pattern: `${path}/:consent`,
      handle: async (call, params) => {
        const consent = await ownConsent(call, context, params["consent"]);
        return answer(call, context, printedConsent(consent, context), { top: { Risk: {} } });
      },
    },
    {
      operation: "consent-delete",
      method: "DELETE",
      pattern: `${path}/:consent`,
      handle: async (call, params) => {
        context.consents.end(await ownConsent(call, context, params["consent"]), "DELETED");
        return { status: 204, headers: interaction(call), body: "" };
      },
    },
  ];
}

async function create(call: Call, context: BankContext): Promise<Reply> {
  checkHeaders(call, context);
  await requireToken(call, context, "client");
  const request = readConsentRequest(jsonBody(call, context), context.settings, context.ledger.clock.nowMs());
  const consent = context.consents.create(request, identifyTpp(call, context));
  return answer(call, context, printedConsent(consent, context), { status: 201, top: { Risk: {} } });
}

/** The caller's own consent; a foreign or deleted one is as unknown as a missing one, which is 400 in this standard. */
async function ownConsent(call: Call, context: BankContext, id = ""): Promise<Consent> {
  checkHeaders(call, context);
  await requireToken(call, context, "client");
  const consent = context.consents.get(id);
  if (!consent || consent.tpp !== identifyTpp(call, context))
    throw obError(context.settings.version, 400, "UK.OBIE.Resource.NotFound", "There is no such consent.", "ConsentId");
  return consent;
}

/** Why a consent ended, in the codes of 4.0. */
const REASONS: Partial<Record<ConsentStatus, { readonly code: string; readonly text: string }>> = {
  EXPIRED: { code: "TKXP", text: "The consent has passed its ExpirationDateTime." },
  REVOKED: { code: "TKSP", text: "The person ended the access at the bank." },
};

export function printedConsent(consent: Consent, { settings }: BankContext, shown = consent.status): Record<string, unknown> {
  const { version } = settings;
  const reason = version === "4.0" ? REASONS[shown] : undefined;
  return {
    ConsentId: consent.id,
    Status: printedStatus(version, shown === "DELETED" ? "REVOKED" : shown),
    ...(reason ? { StatusReason: [{ StatusReasonCode: reason.code, StatusReasonDescription: reason.text }] } : {}),
    StatusUpdateDateTime: dateTime(consent.updatedAt),
    CreationDateTime: dateTime(consent.createdAt),
    Permissions: consent.permissions,
    ...(consent.expiration === undefined ? {} : { ExpirationDateTime: consent.expiration }),
    ...(consent.transactionsFrom === undefined ? {} : { TransactionFromDateTime: consent.transactionsFrom }),
    ...(consent.transactionsTo === undefined ? {} : { TransactionToDateTime: consent.transactionsTo }),
  };
}
