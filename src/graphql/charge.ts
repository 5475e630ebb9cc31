import type { GraphQLError } from "graphql";
import type { Budget, Caller } from "../access/access.ts";
import type { Instant } from "../domain/time.ts";
import { MAX_COST, type Variables } from "./cost.ts";
import type { Documents } from "./documents.ts";
import { callerError } from "./errors.ts";

export interface ChargeParts {
  readonly documents: Pick<Documents, "cost">;
  readonly budget: Budget;
}

/** An operation as it came, with whoever sent it. */
export interface Sent {
  readonly caller: Caller;
  readonly address: string;
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Variables;
}

/**
 * Takes what an operation costs out of its caller's minute, before it runs. Answers without a promise where nothing has to be asked.
 * @returns the points, or what stands against executing it
 */
export function charge(parts: ChargeParts, sent: Sent): number | GraphQLError | Promise<number | GraphQLError> {
  const points = parts.documents.cost(sent.query, sent.operationName, sent.variables);
  if (points > MAX_COST) return tooDear(points);
  const taken = parts.budget.take(sent.caller, sent.address, points);
  if (taken === null) return points;
  return typeof taken === "number" ? rateLimited(taken) : taken.then((retryAt) => (retryAt === null ? points : rateLimited(retryAt)));
}

function tooDear(points: number): GraphQLError {
  const message = `The operation may cost ${String(points)} points; ${String(MAX_COST)} are allowed. Ask for smaller pages, or for fewer lists inside lists.`;
  return callerError("BAD_USER_INPUT", message, { http: 400 });
}

function rateLimited(retryAt: Instant): GraphQLError {
  return callerError("RATE_LIMITED", "The points of this minute are spent. Go on at the time in extensions.retryAt.", {
    http: 429,
    retryAt,
  });
}
