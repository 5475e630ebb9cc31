import type { Call, Reply } from "../kit/http-message.ts";
import type { Route } from "../kit/router.ts";
import { redirectUriAllowed } from "../oauth/client-registration.ts";
import { apiError } from "./api-error.ts";
import type { BodyOf, ScopeDetails } from "./bodies.ts";
import type { Consent } from "./consent.ts";
import { answer, type BankContext } from "./context.ts";
import { servicePath } from "./options.ts";
import { checkedBody } from "./request-check.ts";
import { wireScopeDetails } from "./wire-scope.ts";

export const VISIT_PATH = "/zgoda";

/** /authorize and /token. */
export function authRoutes(context: BankContext): Route[] {
  const { settings } = context;
  return [
    {
      operation: "consent-create",
      method: "POST",
      pattern: servicePath(settings, "auth", "authorize"),
      handle: (call) => authorize(context, call),
    },
    { operation: "token", method: "POST", pattern: servicePath(settings, "auth", "token"), handle: (call) => token(context, call) },
  ];
}

function authorize(context: BankContext, call: Call): Reply {
  const body = checkedBody(context, call, "authorize");
  const { requestId } = body.requestHeader;
  if (body.client_id !== context.clientId) throw apiError(context, 400, "UNKNOWN_CLIENT", "The client_id is not registered.", requestId);
  if (!redirectUriAllowed(body.redirect_uri, context.settings.redirectUris))
    throw apiError(context, 400, "BAD_REQUEST", "The redirect_uri is not registered.", requestId);
  if (body.scope !== body.scope_details.scopeGroupType)
    throw apiError(context, 422, "BAD_REQUEST", "scope and scope_details.scopeGroupType differ.", requestId);
  checkScope(context, body.scope_details, requestId);
  const consent = context.consents.ask(body.scope_details, { redirectUri: body.redirect_uri, state: body.state });
  return answer(context, requestId, { aspspRedirectUri: `${context.origin}${VISIT_PATH}/${consent.visit}` });
}

/** What scope_details must be beyond its form. */
function checkScope(context: BankContext, details: ScopeDetails, requestId: string): void {
  const refuse = (message: string) => apiError(context, 422, "UNPROCESSABLE", message, requestId);
  if (context.consents.get(details.consentId)) throw refuse("The consentId was used before.");
  if (Date.parse(details.scopeTimeLimit) <= context.ledger.clock.nowMs()) throw refuse("scopeTimeLimit is in the past.");
  const listing = details.scopeGroupType === "ais-accounts";
  for (const { accountNumber, ...rights } of details.privilegeList) {
    const names = Object.entries(rights).filter(([, right]) => right !== undefined).map(([name]) => name); // prettier-ignore
    if (names.length === 0) throw refuse("A privilege names no operation.");
    if (names.some((name) => name.startsWith("ais-accounts:") !== listing))
      throw refuse(`A privilege is not of the scope ${details.scopeGroupType}.`);
    if (listing && accountNumber !== undefined) throw refuse("The list of accounts has no accountNumber.");
  }
  const numbers = details.privilegeList.map(({ accountNumber }) => accountNumber);
  if (new Set(numbers).size < numbers.length) throw refuse("An account is named twice.");
  if (numbers.includes(undefined) && numbers.length > 1) throw refuse("Either the person picks the accounts, or each is named.");
}

function token(context: BankContext, call: Call): Reply {
  const body = checkedBody(context, call, "token");
  const { requestId } = body.requestHeader;
  if (body.client_id !== undefined && body.client_id !== context.clientId)
    throw apiError(context, 401, "INVALID_CLIENT", "The client_id is not registered.", requestId);
  if (body.is_user_session === true && (body.user_ip === undefined || body.user_agent === undefined))
    throw apiError(context, 400, "BAD_REQUEST", "A user session needs user_ip and user_agent.", requestId);
  const consent = consentOf(context, body);
  const { access, refresh } = context.consents.issue(consent);
  return answer(context, requestId, {
    access_token: access,
    token_type: "Bearer",
    expires_in: String(context.settings.accessTokenTtl),
    refresh_token: refresh,
    scope: consent.scope,
    scope_details: wireScopeDetails(consent),
  });
}

function consentOf(context: BankContext, body: BodyOf<"token">): Consent {
  const { requestId } = body.requestHeader;
  const invalid = (message: string) => apiError(context, 400, "INVALID_GRANT", message, requestId);
  const needed = <T>(value: T | undefined, name: string): T => {
    if (value === undefined) throw apiError(context, 400, "BAD_REQUEST", `${name} is missing.`, requestId);
    return value;
  };
  switch (body.grant_type) {
    case "authorization_code": {
      needed(body.client_id, "client_id");
      const consent = context.consents.redeem(needed(body.Code, "Code"), needed(body.redirect_uri, "redirect_uri"));
      if (!consent) throw invalid("The code is unknown, used or expired.");
      return consent;
    }
    case "refresh_token": {
      const consent = context.consents.rotate(needed(body.refresh_token, "refresh_token"));
      if (!consent) throw invalid("The refresh token is unknown, used or expired.");
      return consent;
    }
    case "exchange_token": {
      if (!context.settings.exchangeToken) throw apiError(context, 501, "NOT_IMPLEMENTED", "exchange_token is not offered.", requestId);
      const from = context.consents.token(needed(body.exchange_token, "exchange_token"));
      const details = needed(body.scope_details, "scope_details");
      needed(body.scope, "scope");
      if (
        !from ||
        from.expiresAt <= context.ledger.clock.nowMs() ||
        from.consent.status !== "given" ||
        from.consent.scope !== "ais-accounts"
      )
        throw invalid("The token is not one of the scope ais-accounts.");
      checkScope(context, details, requestId);
      return context.consents.exchange(from.consent, details);
    }
  }
}
