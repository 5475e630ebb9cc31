import { jsonReply } from "../kit/http-message.ts";
import type { Route } from "../kit/router.ts";
import { authorisationLinks, scaApproach } from "./authorisation-links.ts";
import { ownConsent } from "./consent-routes.ts";
import { echoed, type BankContext } from "./context.ts";
import { jsonBody } from "./request-headers.ts";
import { tppError } from "./tpp-error.ts";

/** Authorisation sub-resources: explicit start, list, SCA status. Embedded SCA (PUT) is not offered. */
export function authorisationRoutes(context: BankContext): Route[] {
  const path = `${context.settings.prefix}/v1/consents/:consent/authorisations`;
  return [
    {
      operation: "authorisation-start",
      method: "POST",
      pattern: path,
      handle: async (call, params) => {
        const consent = await ownConsent(call, context, params["consent"]);
        if (call.body.length > 0) jsonBody(call);
        if (consent.status !== "received") throw tppError(409, "STATUS_INVALID", `The consent is ${consent.status}.`);
        const authorisation = context.consents.startAuthorisation(consent);
        const message = context.settings.sca === "decoupled" ? { psuMessage: "Please confirm the access in your bank's app." } : {};
        const body = {
          scaStatus: authorisation.status,
          authorisationId: authorisation.id,
          _links: authorisationLinks(context, consent, authorisation),
          ...message,
        };
        return jsonReply(201, body, { ...echoed(call), "aspsp-sca-approach": scaApproach(context.settings.sca) });
      },
    },
    {
      operation: "authorisations",
      method: "GET",
      pattern: path,
      handle: async (call, params) => {
        const { authorisations } = await ownConsent(call, context, params["consent"]);
        return jsonReply(200, { authorisationIds: authorisations.map(({ id }) => id) }, echoed(call));
      },
    },
    {
      operation: "sca-status",
      method: "GET",
      pattern: `${path}/:authorisation`,
      handle: async (call, params) => {
        const { authorisations } = await ownConsent(call, context, params["consent"]);
        const found = authorisations.find(({ id }) => id === params["authorisation"]);
        if (!found) throw tppError(404, "RESOURCE_UNKNOWN", "The authorisation is unknown.");
        return jsonReply(200, { scaStatus: found.status }, echoed(call));
      },
    },
    {
      operation: "authorisation-update",
      method: "PUT",
      pattern: `${path}/:authorisation`,
      handle: async (call, params) => {
        await ownConsent(call, context, params["consent"]);
        throw tppError(400, "SERVICE_INVALID", "Embedded SCA is not offered.");
      },
    },
  ];
}
