import type { ServerResponse } from "node:http";
import { captured } from "../kit/bank-server.ts";
import type { OAuthSide, Standard } from "../kit/dispatcher.ts";
import { ReplyError, type Call, type Reply } from "../kit/http-message.ts";
import type { Match } from "../kit/router.ts";
import { FAPI_PATHS, fapiOperation } from "../oauth/fapi-configuration.ts";
import type { FapiServer } from "../oauth/fapi-server.ts";
import { accountIdOf } from "./account-gate.ts";
import type { BankContext } from "./context.ts";
import { bareReply, obErrorReply } from "./ob-error.ts";
import { identifyTpp } from "./request-gate.ts";
import { UK_SHAPE } from "./shape.ts";
import { standardFaultReply } from "./standard-faults.ts";

/** The standard's words for the dispatcher. */
export function ukStandard(context: BankContext): Standard {
  return {
    shape: UK_SHAPE,
    faultReply: (fault, call) => standardFaultReply(fault, call, context),
    unknownPath: () => bareReply(404),
    methodNotAllowed: (allowed) => bareReply(405, { allow: allowed.join(", ") }),
    crashed: (message) => obErrorReply(context.settings.version, 500, "UK.OBIE.UnexpectedError", message),
    accountNames: (_call, match) => accountNames(match, context),
  };
}

/** The OAuth server's side; its back-channel endpoints ask for the TPP's certificate where the bank does. */
export function oauthSide(context: BankContext, server: () => Promise<FapiServer>): OAuthSide {
  return {
    prefix: "/oauth/",
    operation: fapiOperation,
    async handle(call: Call, response: ServerResponse): Promise<Reply> {
      try {
        if (call.path === FAPI_PATHS.token || call.path === FAPI_PATHS.pushed_authorization_request) identifyTpp(call, context);
      } catch (error) {
        if (error instanceof ReplyError) return error.reply;
        throw error;
      }
      const oauth = await server();
      return oauth.dated(await captured(call.request, response, (req, res) => oauth.handle(req, res)));
    },
  };
}

function accountNames(match: Match | undefined, { ledger }: BankContext): string[] {
  const accountId = match?.params["account"];
  if (accountId === undefined) return [];
  const books = ledger.userNames().flatMap((user) => ledger.booksOf(user));
  const account = books.find((book) => accountIdOf(book.account.id) === accountId)?.account;
  return [accountId, account?.id, account?.iban, account?.bban, account?.maskedPan].filter((name) => name !== undefined);
}
