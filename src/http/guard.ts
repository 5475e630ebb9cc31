import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  ConsecutiveBreaker,
  handleType,
  type IDefaultPolicyContext,
} from "cockatiel";
import { SECOND } from "../domain/time.ts";
import { HttpFailure, httpFailureOf } from "./http-failure.ts";

export type Guard = <T>(run: () => Promise<T>, signal: AbortSignal) => Promise<T>;

const WAITING = 2_000;
const FAILURES_TO_OPEN = 20;
const OPEN_FOR = 2 * SECOND;

/**
 * Keeps one server from taking the process down: at most `concurrency` calls at a time, and after 20 failures in a row two seconds without
 * any, then one trial call. Only a lack of an answer counts as failure; an HTTP status of any kind does not.
 * @throws HttpFailure OVERLOADED for a call that was not made
 */
export function createGuard(concurrency: number): Guard {
  const gate = bulkhead(concurrency, WAITING);
  const breaker = circuitBreaker(
    handleType(HttpFailure, ({ kind }) => kind !== "TOO_LARGE" && kind !== "UNREADABLE"),
    { halfOpenAfter: OPEN_FOR, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
  );
  return async (run, signal) => {
    const guarded = async (_context: IDefaultPolicyContext) => {
      signal.throwIfAborted();
      try {
        return await run();
      } catch (error) {
        signal.throwIfAborted();
        throw httpFailureOf(error);
      }
    };
    try {
      return await gate.execute(() => breaker.execute(guarded, signal), signal);
    } catch (error) {
      if (error instanceof BulkheadRejectedError || error instanceof BrokenCircuitError) throw new HttpFailure("OVERLOADED", false, error);
      throw error;
    }
  };
}
