import type { Agent, request as sendRequest } from "undici";
import { SECOND } from "../domain/time.ts";
import { assertAllowedHost, guardedLookup, type AddressPolicy, type Resolve } from "./ssrf.ts";

/** POSTs to URLs that tenants chose. */
export interface Poster extends AsyncDisposable {
  /**
   * One POST; redirects are not followed, the answer's body is thrown away.
   * @returns the status
   * @throws ForbiddenAddress before a connection into a network that is not public; undici's and the signal's errors
   */
  post(url: URL, body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<number>;
}

/** For the whole exchange. */
const DEADLINE = 15 * SECOND;
/** What is read of an answer before the connection is cut: enough for a connection to be used again. */
const MAX_ANSWER_BYTES = 16_384;

export function createPoster(policy: AddressPolicy, deadline = DEADLINE, resolve?: Resolve): Poster {
  const options: Agent.Options = {
    allowH2: false,
    pipelining: 1,
    connections: 4,
    headersTimeout: deadline,
    bodyTimeout: deadline,
    keepAliveTimeout: SECOND,
    connect: { timeout: deadline, lookup: guardedLookup(policy, resolve) },
  };
  // Loaded with the first POST: most hubs never send one.
  let loaded: Promise<{ readonly agent: Agent; readonly request: typeof sendRequest }> | undefined;
  const open = async () => {
    const { default: undici } = await import("undici"); // CommonJS: in the bundle it has no other export
    return { agent: new undici.Agent(options), request: undici.request };
  };
  return {
    async post(url, body, headers, signal) {
      assertAllowedHost(url, policy);
      // The deadline also ends an answer that drips: undici's own timeouts start anew with every byte.
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadline)]);
      const { agent, request } = await (loaded ??= open());
      const answer = await request(url, { dispatcher: agent, method: "POST", body, headers, signal: bounded });
      await answer.body.dump({ limit: MAX_ANSWER_BYTES, signal: bounded }).catch(() => undefined);
      return answer.statusCode;
    },
    async [Symbol.asyncDispose]() {
      await (await loaded)?.agent.destroy();
    },
  };
}
