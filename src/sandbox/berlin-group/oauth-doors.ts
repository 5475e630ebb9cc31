import type { ServerResponse } from "node:http";
import { redirectReply, type Call, type Reply } from "../kit/http-message.ts";
import type { Params, Route } from "../kit/router.ts";
import type { AuthorizationServer } from "../oauth/authorization-server.ts";
import type { BankContext } from "./context.ts";
import type { Door, ScaPages } from "./sca-pages.ts";

export const INTERACTION_PATH = "/sca/oauth";

interface Parts {
  readonly context: BankContext;
  readonly pages: ScaPages;
  readonly server: () => Promise<AuthorizationServer>;
  readonly responseOf: (call: Call) => ServerResponse;
}

/** `/sca/oauth/<uid>`: the pages of an authorisation request, for `AIS:<consentId>` (consent) or `AISP` (pre-step login). */
export function oauthDoorRoutes(parts: Parts): Route[] {
  const { pages } = parts;
  const within = (handle: (call: Call, door: Door) => Reply | Promise<Reply>) => async (call: Call, params: Params) => {
    const door = await openDoor(call, params["uid"] ?? "", parts);
    return door ? handle(call, door) : pages.gone();
  };
  const pattern = `${INTERACTION_PATH}/:uid`;
  return [
    { operation: "sca-page", method: "GET", pattern, handle: within((call, door) => pages.show(call, door)) },
    { operation: "sca-login", method: "POST", pattern: `${pattern}/login`, handle: within((call, door) => pages.logIn(call, door)) },
    { operation: "sca-decision", method: "POST", pattern: `${pattern}/decision`, handle: within((call, door) => pages.decide(call, door)) },
  ];
}

async function openDoor(call: Call, uid: string, { context, server, responseOf }: Parts): Promise<Door | undefined> {
  const oauth = await server();
  const response = responseOf(call);
  const request = await oauth.requestOf(call.request, response).catch(() => undefined);
  if (request?.uid !== uid) return undefined;
  const consentId = request.scopes.find((scope) => scope.startsWith("AIS:"))?.slice(4);
  const consent = consentId === undefined ? undefined : context.consents.get(consentId);
  if (!consent && !request.scopes.includes("AISP")) {
    return {
      base: `${INTERACTION_PATH}/${uid}`,
      consent: undefined,
      expectedUser: undefined,
      finish: async () => redirectReply(await oauth.refuse(call.request, response, "unknown consent")),
    };
  }
  return {
    base: `${INTERACTION_PATH}/${uid}`,
    consent,
    expectedUser: consent?.expectedUser,
    finish: async (outcome, user) => {
      const next =
        outcome === "approve"
          ? oauth.approve(call.request, response, user, request.scopes)
          : oauth.refuse(call.request, response, outcome === "refuse" ? "the person refused" : "the person did not answer in time");
      return redirectReply(await next);
    },
  };
}
