import type { IncomingMessage, ServerResponse } from "node:http";
import type { SandboxClock } from "../ledger/clock.ts";
import type { FaultBox } from "./faults/fault-box.ts";
import type { Fault } from "./faults/fault.ts";
import { spoiltRedirect } from "./faults/redirect-faults.ts";
import { spoilt } from "./faults/spoil.ts";
import type { ShortLives } from "./faults/token-faults.ts";
import { passesTransport, replacedReply, sendDripping, sendHalf } from "./faults/transport-faults.ts";
import type { WireShape } from "./faults/wire-shape.ts";
import { readCall, ReplyError, sendReply, type Call, type Reply } from "./http-message.ts";
import type { LoggedRequest, RequestLog } from "./request-log.ts";
import type { Match, Router } from "./router.ts";

/** What one standard adds to the path of a request. */
export interface Standard {
  readonly shape: WireShape;
  /** The refusals of the fault list in the standard's own words; undefined: the fault is none of them. */
  faultReply(fault: Fault, call: Call): Reply | undefined | Promise<Reply | undefined>;
  unknownPath(): Reply;
  methodNotAllowed(allowed: readonly string[]): Reply;
  crashed(message: string): Reply;
  /** Every name a fault may use for the account of this request. */
  accountNames(call: Call, match: Match | undefined): readonly string[];
  /** What the log shows of a request beside its own query and headers, where the standard says it in the body. */
  noted?(call: Call): Pick<LoggedRequest, "query" | "headers">;
  /** The last touch, after all faults: the bank's signature over the bytes that are sent. */
  sealed?(reply: Reply, call: Call, operation: string, faults: readonly Fault[]): Reply;
  /** Where the person goes after a refusal, if the request says so (for redirect faults). */
  refusalRedirect?(call: Call): string | undefined;
}

/** Requests below this prefix go to the bank's OAuth server, their bodies unread. */
export interface OAuthSide {
  readonly prefix: string;
  /** Name for faults and the log: `token`, `authorize`, `authorize-resume`, … */
  operation(call: Call): string;
  handle(call: Call, response: ServerResponse): Promise<Reply>;
}

export interface DispatcherParts {
  readonly clock: SandboxClock;
  readonly router: Router;
  readonly faults: FaultBox;
  readonly log: RequestLog;
  readonly shortLives: ShortLives;
  readonly standard: Standard;
  readonly oauth: OAuthSide | null;
  readonly responses: WeakMap<IncomingMessage, ServerResponse>;
}

/** The path of every request: read, log, faults that replace, handler, faults that change, send. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  #usedCode: string | undefined;
  #lastNok: string | undefined;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, router, log, responses, standard, oauth } = this.#parts;
    responses.set(request, response);
    const own = oauth !== null && (request.url ?? "").startsWith(oauth.prefix) ? oauth : null;
    const call = await readCall(request, own === null);
    const match = own ? undefined : router.match(call.method, call.path);
    const operation = match?.route.operation ?? own?.operation(call) ?? "unknown";
    const admin = operation === "admin";
    const about = { method: call.method, path: call.path, operation, accounts: [...standard.accountNames(call, match)] };
    const faults = admin ? [] : this.#parts.faults.take(about);
    const kinds = faults.map(({ kind }) => kind);
    const entry = admin ? undefined : log.add(call, operation, kinds, clock.now(), standard.noted?.(call));
    if (!(await passesTransport(faults, response))) return;
    const reply = (await this.#replaced(faults, call)) ?? (own ? await own.handle(call, response) : await this.#reply(call, match));
    const spoiltReply = this.#spoilt(reply, faults, call, operation);
    const final = spoiltReply && (standard.sealed?.(spoiltReply, call, operation, faults) ?? spoiltReply);
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

  async #replaced(faults: readonly Fault[], call: Call): Promise<Reply | undefined> {
    for (const fault of faults) {
      const reply = replacedReply(fault) ?? (await this.#parts.standard.faultReply(fault, call));
      if (reply) return reply;
    }
    return undefined;
  }

  async #reply(call: Call, match: Match | undefined): Promise<Reply> {
    const { standard, router } = this.#parts;
    try {
      if (match) return await match.route.handle(call, match.params);
      const allowed = router.methodsAt(call.path);
      return allowed.length > 0 ? standard.methodNotAllowed(allowed) : standard.unknownPath();
    } catch (error) {
      if (error instanceof ReplyError) return error.reply;
      return standard.crashed(error instanceof Error ? error.message : "Unknown error.");
    }
  }

  /** `undefined`: the answer gets lost. */
  #spoilt(reply: Reply, faults: readonly Fault[], call: Call, operation: string): Reply | undefined {
    const { clock, shortLives, standard } = this.#parts;
    const kept = operation === "token" ? shortLives.spoil(reply, faults) : reply;
    if (!kept) return undefined;
    const redirected = spoiltRedirect(kept, faults, { nok: this.#lastNok, usedCode: this.#usedCode });
    this.#remember(kept, call);
    return spoilt(redirected, faults, { shape: standard.shape, call, now: clock.now() });
  }

  #remember(reply: Reply, call: Call): void {
    const location = reply.headers["location"];
    const url = typeof location === "string" ? URL.parse(location) : null;
    const code = url?.searchParams.get("code") ?? new URLSearchParams(url?.hash.slice(1)).get("code");
    if (code) this.#usedCode = code;
    const nok = this.#parts.standard.refusalRedirect?.(call);
    if (nok !== undefined) this.#lastNok = nok;
  }
}
