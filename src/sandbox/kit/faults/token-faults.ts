import { inGroup, TOKEN_FAULTS, type Fault } from "./fault.ts";
import type { Reply } from "../http-message.ts";
import type { SandboxClock } from "../../ledger/clock.ts";

/** Tokens that die before the time they were promised. */
export class ShortLives {
  readonly #deaths = new Map<string, number>();
  readonly #clock: SandboxClock;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  isDead(token: string): boolean {
    const death = this.#deaths.get(token);
    return death !== undefined && death <= this.#clock.nowMs();
  }

  /** Changes a token endpoint's answer. `undefined`: the answer is lost on the way, after the tokens were rotated. */
  spoil(reply: Reply, faults: readonly Fault[]): Reply | undefined {
    if (reply.status !== 200) return reply;
    let result: Reply = reply;
    for (const { kind, params } of faults) {
      if (!inGroup(TOKEN_FAULTS, kind)) continue;
      const body = JSON.parse(result.body.toString()) as Record<string, unknown>;
      if (kind === "token-answer-lost") return undefined;
      if (kind === "token-life-shorter")
        this.#deaths.set(String(body["access_token"]), this.#clock.nowMs() + (params?.seconds ?? 0) * 1000);
      if (kind === "refresh-token-missing") {
        delete body["refresh_token"];
        result = { ...result, body: JSON.stringify(body) };
      }
    }
    return result;
  }
}
