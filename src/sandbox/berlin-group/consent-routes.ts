import { header, jsonReply, type Call, type Reply } from "../kit/http-message.ts";
import type { Route } from "../kit/router.ts";
import { authorisationLinks, scaApproach } from "./authorisation-links.ts";
import { printedAccess } from "./consent-access.ts";
import { readConsentRequest } from "./consent-request.ts";
import type { Consent } from "./consent.ts";
import { echoed, linkTo, type BankContext } from "./context.ts";
import { booleanHeader, checkHeaders, jsonBody, requiredHeader } from "./request-headers.ts";
import { requireToken } from "./token-check.ts";
import { checkSignature, identifyTpp } from "./tpp-identity.ts";
import { formatError, tppError } from "./tpp-error.ts";

export function consentRoutes(context: BankContext): Route[] {
  const path = `${context.settings.prefix}/v1/consents`;
  return [
    { operation: "consent-create", method: "POST", pattern: path, handle: (call) => createConsent(call, context) },
    {
      operation: "consent",
      method: "GET",
      pattern: `${path}/:consent`,
      handle: async (call, params) => {
        const consent = await ownConsent(call, context, params["consent"]);
        const { recurring: recurringIndicator, validUntil, frequencyPerDay, lastActionDate, status: consentStatus } = consent;
        const access = printedAccess(consent, (id) => context.ledger.book(id)?.account);
        return jsonReply(
          200,
          {
            access,
            recurringIndicator,
            validUntil,
            frequencyPerDay,
            lastActionDate,
            consentStatus,
            _links: { account: linkTo(context, "/v1/accounts") },
          },
          echoed(call),
        );
      },
    },
    {
      operation: "consent-status",
      method: "GET",
      pattern: `${path}/:consent/status`,
      handle: async (call, params) => {
        const { status: consentStatus } = await ownConsent(call, context, params["consent"]);
        const note = consentStatus === "partiallyAuthorised" ? { psuMessage: "A second person must sign." } : {};
        return jsonReply(200, { consentStatus, ...note }, echoed(call));
      },
    },
    {
      operation: "consent-delete",
      method: "DELETE",
      pattern: `${path}/:consent`,
      handle: async (call, params) => {
        context.consents.end(await ownConsent(call, context, params["consent"]), "terminatedByTpp");
        return { status: 204, headers: echoed(call), body: "" };
      },
    },
  ];
}

/** The caller's own consent; a foreign one is as unknown as a missing one. */
export async function ownConsent(call: Call, context: BankContext, id = ""): Promise<Consent> {
  const tpp = identifyTpp(call, context.settings);
  checkSignature(call, context.settings);
  checkHeaders(call);
  if (context.settings.sca === "oauth-pre-step") await requireToken(call, context, "AISP");
  const consent = context.consents.get(id);
  if (!consent || consent.tpp !== tpp) throw tppError(403, "CONSENT_UNKNOWN", "The consent is unknown.");
  return consent;
}

async function createConsent(call: Call, context: BankContext): Promise<Reply> {
  const { settings, consents } = context;
  const tpp = identifyTpp(call, settings);
  checkSignature(call, settings);
  checkHeaders(call);
  requiredHeader(call, "PSU-IP-Address");
  const redirects = settings.sca === "redirect" || settings.sca === "oauth-pre-step";
  if (redirects && header(call, "TPP-Redirect-URI") === undefined)
    throw formatError("TPP-Redirect-URI", "The header TPP-Redirect-URI is missing.");
  const facts = settings.sca === "oauth-pre-step" ? await requireToken(call, context, "AISP") : undefined;
  const request = readConsentRequest(jsonBody(call), consents.today(), settings.maxConsentDays);
  const consent = consents.create(request, {
    tpp,
    tppName: header(call, "TPP-Brand-Logging-Information") ?? "Your finance app",
    redirectUri: header(call, "TPP-Redirect-URI"),
    nokRedirectUri: header(call, "TPP-Nok-Redirect-URI"),
    expectedUser: facts?.user ?? header(call, "PSU-ID"),
  });
  context.warmUp();
  const self = `/v1/consents/${consent.id}`;
  const explicit = settings.explicitAuthorisation || booleanHeader(call, "TPP-Explicit-Authorisation-Preferred");
  const sca = explicit
    ? { startAuthorisation: linkTo(context, `${self}/authorisations`) }
    : authorisationLinks(context, consent, consents.startAuthorisation(consent));
  const message = settings.sca === "decoupled" && !explicit ? { psuMessage: "Please confirm the access in your bank's app." } : {};
  return jsonReply(
    201,
    {
      consentStatus: consent.status,
      consentId: consent.id,
      _links: { ...sca, self: linkTo(context, self), status: linkTo(context, `${self}/status`) },
      ...message,
    },
    { ...echoed(call), location: linkTo(context, self).href, "aspsp-sca-approach": scaApproach(settings.sca) },
  );
}
