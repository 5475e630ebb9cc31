import type { IncomingMessage, ServerResponse } from "node:http";
import { captured } from "../kit/bank-server.ts";
import type { FaultBox } from "../kit/faults/fault-box.ts";
import type { Fault } from "../kit/faults/fault.ts";
import { spoiltRedirect } from "../kit/faults/redirect-faults.ts";
import { spoilt } from "../kit/faults/spoil.ts";
import { passesTransport, replacedReply, sendDripping, sendHalf } from "../kit/faults/transport-faults.ts";
import { readCall, ReplyError, sendReply, type Call, type Reply } from "../kit/http-message.ts";
import type { RequestLog } from "../kit/request-log.ts";
import type { Match, Router } from "../kit/router.ts";
import { OAUTH_PATHS, type AuthorizationServer } from "../oauth/authorization-server.ts";
import type { BankContext } from "./context.ts";
import { BERLIN_GROUP_SHAPE } from "./shape.ts";
import { standardFaultReply } from "./standard-faults.ts";
import type { ShortLives } from "./token-faults.ts";
import { identifyTpp } from "./tpp-identity.ts";
import { tppErrorReply } from "./tpp-error.ts";

export interface DispatcherParts {
  readonly context: BankContext;
  readonly router: Router;
  readonly faults: FaultBox;
  readonly log: RequestLog;
  readonly shortLives: ShortLives;
  readonly server: () => Promise<AuthorizationServer>;
  readonly responses: WeakMap<IncomingMessage, ServerResponse>;
}

const OAUTH_PREFIX = "/oauth/";

/** The path of every request: read, log, faults that replace, handler, faults that change, send. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  #usedCode: string | undefined;
  #lastNok: string | undefined;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { context, router, log, responses } = this.#parts;
    responses.set(request, response);
    const oauth = (request.url ?? "").startsWith(OAUTH_PREFIX);
    const call = await readCall(request, !oauth);
    const match = oauth ? undefined : router.match(call.method, call.path);
    const operation = match?.route.operation ?? (oauth ? oauthOperation(call) : "unknown");
    const faults =
      operation === "admin"
        ? []
        : this.#parts.faults.take({ method: call.method, path: call.path, operation, accounts: accountNames(call, match, context) });
    const entry =
      operation === "admin"
        ? undefined
        : log.add(
            call,
            operation,
            faults.map(({ kind }) => kind),
            context.ledger.clock.now(),
          );
    if (!(await passesTransport(faults, response))) return;
    const reply = this.#replaced(faults, call) ?? (oauth ? await this.#oauthReply(call, response) : await this.#reply(call, match));
    const final = this.#spoilt(reply, faults, call, operation);
    if (!final) {
      response.socket?.resetAndDestroy();
      return;
    }
    if (entry) entry.status = final.status;
    const drip = faults.find(({ kind }) => kind === "drip");
    if (faults.some(({ kind }) => kind === "reset-mid-body")) sendHalf(response, final);
    else if (drip) await sendDripping(response, final, drip);
    else sendReply(response, final);
  }

  #replaced(faults: readonly Fault[], call: Call): Reply | undefined {
    for (const fault of faults) {
      const reply = replacedReply(fault) ?? standardFaultReply(fault, call, this.#parts.context);
      if (reply) return reply;
    }
    return undefined;
  }

  async #reply(call: Call, match: Match | undefined): Promise<Reply> {
    try {
      if (match) return await match.route.handle(call, match.params);
      const allowed = this.#parts.router.methodsAt(call.path);
      if (allowed.length > 0)
        return tppErrorReply(405, "SERVICE_INVALID", "The method is not offered here.", { headers: { allow: allowed.join(", ") } });
      return tppErrorReply(404, "RESOURCE_UNKNOWN", "There is nothing at this path.");
    } catch (error) {
      if (error instanceof ReplyError) return error.reply;
      return tppErrorReply(500, "INTERNAL_SERVER_ERROR", error instanceof Error ? error.message : "Unknown error.");
    }
  }

  async #oauthReply(call: Call, response: ServerResponse): Promise<Reply> {
    const { context, server } = this.#parts;
    try {
      if (call.path === OAUTH_PATHS.token) identifyTpp(call, context.settings);
    } catch (error) {
      if (error instanceof ReplyError) return error.reply;
      throw error;
    }
    const oauth = await server();
    return captured(call.request, response, (req, res) => oauth.handle(req, res));
  }

  /** `undefined`: the answer gets lost. */
  #spoilt(reply: Reply, faults: readonly Fault[], call: Call, operation: string): Reply | undefined {
    const { context, shortLives } = this.#parts;
    const kept = operation === "token" ? shortLives.spoil(reply, faults) : reply;
    if (!kept) return undefined;
    const redirected = spoiltRedirect(kept, faults, { nok: this.#lastNok, usedCode: this.#usedCode });
    this.#remember(kept, call);
    return spoilt(redirected, faults, { shape: BERLIN_GROUP_SHAPE, call, now: context.ledger.clock.now() });
  }

  #remember(reply: Reply, call: Call): void {
    const location = reply.headers["location"];
    const code = typeof location === "string" ? URL.parse(location)?.searchParams.get("code") : undefined;
    if (code) this.#usedCode = code;
    const nok = call.headers["tpp-nok-redirect-uri"];
    if (typeof nok === "string") this.#lastNok = nok;
  }
}

function oauthOperation(call: Call): string {
  if (call.path === OAUTH_PATHS.token) return "token";
  if (call.path === OAUTH_PATHS.authorization) return "authorize";
  return call.path.startsWith(`${OAUTH_PATHS.authorization}/`) ? "authorize-resume" : "oauth";
}

/** Every name a fault may use for the account of this request. */
function accountNames(call: Call, match: Match | undefined, context: BankContext): string[] {
  const resourceId = match?.params["account"];
  if (resourceId === undefined) return [];
  const consent = context.consents.get(String(call.headers["consent-id"]));
  const granted = consent?.accounts.find((one) => one.resourceId === resourceId);
  const account = granted && context.ledger.book(granted.accountId)?.account;
  return [resourceId, account?.id, account?.iban, account?.bban, account?.maskedPan].filter((name) => name !== undefined);
}
