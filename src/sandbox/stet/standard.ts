import type { ServerResponse } from "node:http";
import { captured } from "../kit/bank-server.ts";
import type { OAuthSide, Standard } from "../kit/dispatcher.ts";
import { inGroup, STANDARD_FAULTS, type Fault } from "../kit/faults/fault.ts";
import { ReplyError, type Call, type Reply } from "../kit/http-message.ts";
import { OAUTH_PATHS, oauthOperation, type AuthorizationServer } from "../oauth/authorization-server.ts";
import type { BankContext } from "./context.ts";
import { errorReply, noContent } from "./hal.ts";
import { STET_SHAPE } from "./shape.ts";
import { identifyTpp } from "./signature-check.ts";

/** STET's words for the dispatcher: an ErrorModel, whose message is all that tells refusals apart. */
export function stetStandard(context: BankContext): Standard {
  return {
    shape: STET_SHAPE,
    faultReply: (fault, call) => faultReply(fault, call, context),
    unknownPath: () => errorReply(404, "There is nothing at this path."),
    methodNotAllowed: (allowed) => errorReply(405, "The method is not offered here.", { headers: { allow: allowed.join(", ") } }),
    crashed: (message) => errorReply(500, message),
    accountNames(_call, match) {
      const resourceId = match?.params["account"];
      const id = resourceId === undefined ? undefined : context.grants.accountOf(resourceId);
      const account = id === undefined ? undefined : context.ledger.book(id)?.account;
      return [resourceId, account?.id, account?.iban, account?.maskedPan].filter((name) => name !== undefined);
    },
  };
}

/** The refusals of the fault list in STET's words. `undefined`: not one of these. */
function faultReply({ kind, params }: Fault, call: Call, context: BankContext): Reply | undefined {
  if (!inGroup(STANDARD_FAULTS, kind)) return undefined;
  const now = context.ledger.clock.now();
  const reply = (status: number, message: string, headers: Reply["headers"] = {}): Reply =>
    errorReply(status, message, { call, headers, now });
  switch (kind) {
    case "rate-limited":
      return reply(429, "Too many requests.", retryAfter(params?.retryAfter ?? "seconds", params?.seconds ?? 30, now));
    case "error":
      return reply(params?.status ?? 400, params?.text ?? params?.code ?? "Injected error.");
    case "consent-expired":
      return reply(401, "The consent of the PSU has expired.");
    case "consent-expired-403":
      return reply(403, "The consent of the PSU has expired.");
    case "consent-invalid":
      return reply(403, "NO_CONSENTS");
    case "consent-unknown":
      return reply(403, "No consent for TPP and scope [AISP]");
    case "consent-revoked": {
      const bearer = /^Bearer (\S+)$/i.exec(String(call.headers["authorization"]))?.[1];
      if (bearer !== undefined) context.grants.revoke(bearer);
      return reply(403, "The PSU has revoked the consent.");
    }
    case "consent-status-slow":
      return noContent(call);
    case "token-expired":
      return reply(401, "The access token has expired.");
    case "token-invalid":
      return reply(401, "invalid token");
    case "account-blocked":
      return reply(403, "The account is blocked.");
    case "account-unknown":
      return reply(404, "The account is unknown.");
    case "period-invalid":
      return reply(403, "Transactions older than 90 days need a strong authentication.");
    case "booking-status-unsupported":
      return reply(400, "The form of the request is not offered.");
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

/** The OAuth server's side. What tokens it hands out is noted, so that the admin API can name a grant by any of them. */
export function oauthSide(context: BankContext, server: () => Promise<AuthorizationServer>): OAuthSide {
  return {
    prefix: "/oauth/",
    operation: oauthOperation,
    async handle(call: Call, response: ServerResponse): Promise<Reply> {
      const atToken = call.path === OAUTH_PATHS.token || call.path === OAUTH_PATHS.revocation;
      try {
        if (atToken) identifyTpp(call, context);
      } catch (error) {
        if (error instanceof ReplyError) return error.reply;
        throw error;
      }
      const oauth = await server();
      const reply = await captured(call.request, response, (req, res) => oauth.handle(req, res));
      if (call.path === OAUTH_PATHS.token && reply.status === 200) await note(reply.body.toString(), oauth, context);
      return reply;
    },
  };
}

async function note(body: string, oauth: AuthorizationServer, { grants }: BankContext): Promise<void> {
  const { access_token: access, refresh_token: refresh } = JSON.parse(body) as { access_token?: string; refresh_token?: string };
  const grantId = access === undefined ? undefined : (await oauth.lookUp(access))?.grantId;
  if (grantId === undefined) return;
  for (const token of [access, refresh]) if (token !== undefined) grants.remember(token, grantId);
}
