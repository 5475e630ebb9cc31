import type { ServerResponse } from "node:http";
import { captured } from "../kit/bank-server.ts";
import type { OAuthSide, Standard } from "../kit/dispatcher.ts";
import { ReplyError, type Call, type Reply } from "../kit/http-message.ts";
import type { Match } from "../kit/router.ts";
import { OAUTH_PATHS, oauthOperation, type AuthorizationServer } from "../oauth/authorization-server.ts";
import type { BankContext } from "./context.ts";
import { BERLIN_GROUP_SHAPE } from "./shape.ts";
import { standardFaultReply } from "./standard-faults.ts";
import { tppErrorReply } from "./tpp-error.ts";
import { identifyTpp } from "./tpp-identity.ts";

/** Berlin Group's words for the dispatcher. */
export function berlinGroupStandard(context: BankContext): Standard {
  return {
    shape: BERLIN_GROUP_SHAPE,
    faultReply: (fault, call) => standardFaultReply(fault, call, context),
    unknownPath: () => tppErrorReply(404, "RESOURCE_UNKNOWN", "There is nothing at this path."),
    methodNotAllowed: (allowed) =>
      tppErrorReply(405, "SERVICE_INVALID", "The method is not offered here.", { headers: { allow: allowed.join(", ") } }),
    crashed: (message) => tppErrorReply(500, "INTERNAL_SERVER_ERROR", message),
    accountNames: (call, match) => accountNames(call, match, context),
    refusalRedirect(call) {
      const nok = call.headers["tpp-nok-redirect-uri"];
      return typeof nok === "string" ? nok : undefined;
    },
  };
}

/** The OAuth server's side; its token endpoint asks for the TPP's certificate where the bank does. */
export function oauthSide(context: BankContext, server: () => Promise<AuthorizationServer>): OAuthSide {
  return {
    prefix: "/oauth/",
    operation: oauthOperation,
    async handle(call: Call, response: ServerResponse): Promise<Reply> {
      try {
        if (call.path === OAUTH_PATHS.token) identifyTpp(call, context.settings);
      } catch (error) {
        if (error instanceof ReplyError) return error.reply;
        throw error;
      }
      const oauth = await server();
      return captured(call.request, response, (req, res) => oauth.handle(req, res));
    },
  };
}

function accountNames(call: Call, match: Match | undefined, context: BankContext): string[] {
  const resourceId = match?.params["account"];
  if (resourceId === undefined) return [];
  const consent = context.consents.get(String(call.headers["consent-id"]));
  const granted = consent?.accounts.find((one) => one.resourceId === resourceId);
  const account = granted && context.ledger.book(granted.accountId)?.account;
  return [resourceId, account?.id, account?.iban, account?.bban, account?.maskedPan].filter((name) => name !== undefined);
}
