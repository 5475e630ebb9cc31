import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { randomUUID } from "node:crypto";
import type { Instant } from "../domain/time.ts";

/** The only codes that callers see in `extensions.code`. */
export type ErrorCode = "UNAUTHENTICATED" | "FORBIDDEN" | "BAD_USER_INPUT" | "RATE_LIMITED" | "INTERNAL_SERVER_ERROR";

/** Codes of Apollo and graphql-js for requests that the caller has to change; shown as BAD_USER_INPUT, kept in `extensions.reason`. */
const CALLER_FAULTS: ReadonlySet<unknown> = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_REQUEST",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
]);
const SHOWN: ReadonlySet<unknown> = new Set(["UNAUTHENTICATED", "FORBIDDEN", "BAD_USER_INPUT", "RATE_LIMITED"]);

/** An error that a caller may see word for word. `http` is the status where the whole request fails with it. */
export function callerError(
  code: Exclude<ErrorCode, "INTERNAL_SERVER_ERROR">,
  message: string,
  options: CallerErrorOptions = {},
): GraphQLError {
  const { argument, http, retryAt } = options;
  return new GraphQLError(message, {
    extensions: {
      code,
      ...(argument ? { argument } : {}),
      ...(retryAt === undefined ? {} : { retryAt: new Date(retryAt).toISOString() }),
      ...(http === undefined ? {} : { http: { status: http } }),
    },
  });
}

export interface CallerErrorOptions {
  /** The way to the argument that is wrong: `["first"]`. */
  readonly argument?: readonly string[];
  readonly http?: number;
  /** When the same request may be sent again. */
  readonly retryAt?: Instant;
}

export interface ErrorLog {
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/**
 * The one place where errors become answers. Known codes pass; everything else is masked and logged under a correlation id that
 * the answer carries. Never a stack, never a cause. In production no hint at names the caller did not write.
 */
export function createErrorFormat(log: ErrorLog, hideSchema: boolean): (error: unknown) => GraphQLFormattedError {
  return (thrown) => {
    const error =
      thrown instanceof GraphQLError ? thrown : new GraphQLError("", { originalError: thrown instanceof Error ? thrown : undefined });
    const given = extensionsOf(error);
    const code = given["code"] ?? (isRequestFault(error) ? "GRAPHQL_VALIDATION_FAILED" : undefined);
    const place = { ...(error.locations ? { locations: error.locations } : {}), ...(error.path ? { path: error.path } : {}) };
    if (SHOWN.has(code) || CALLER_FAULTS.has(code)) {
      const { argument, retryAt } = given;
      const extensions = {
        code: SHOWN.has(code) ? code : "BAD_USER_INPUT",
        ...(SHOWN.has(code) ? {} : { reason: code }),
        ...(argument === undefined ? {} : { argument }),
        ...(retryAt === undefined ? {} : { retryAt }),
      };
      return { message: hideSchema ? withoutSuggestion(error.message) : error.message, ...place, extensions };
    }
    const correlationId = randomUUID();
    log.error({ correlationId, path: error.path, err: error.originalError ?? error }, "masked error");
    const message = `The hub failed to answer. Say ${correlationId} when you ask for help.`;
    return { message, ...place, extensions: { code: "INTERNAL_SERVER_ERROR", correlationId } };
  };
}

/** Compiled code (graphql-jit) makes errors without them, whatever their type says. */
function extensionsOf(error: { readonly extensions?: GraphQLError["extensions"] }): GraphQLError["extensions"] {
  return error.extensions ?? {};
}

/** What graphql-js puts behind the errors that it counted; it says not where. */
const TOO_MANY = /^Too many (validation errors|errors processing variables), error limit reached\./;

/**
 * graphql-js gives no codes. Errors of parsing, validation and variables have no path; an argument that turns out null at run time
 * has one, and no cause but itself.
 */
function isRequestFault(error: GraphQLError): boolean {
  if (error.originalError !== undefined && !(error.originalError instanceof GraphQLError)) return false;
  if (error.path === undefined) return error.nodes !== undefined || error.source !== undefined || TOO_MANY.test(error.message);
  return /^Argument "/.test(error.message);
}

function withoutSuggestion(message: string): string {
  return message.replace(/ ?Did you mean(?: to use)? (.+?)\?$/s, "");
}
