import { HeaderMap, type ApolloServerPlugin, type GraphQLResponse } from "@apollo/server";
import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from "graphql";
import { compileQuery, isCompiledQuery, type CompiledQuery } from "graphql-jit";
import type { Context } from "./context.ts";

const KEPT = 500;

/**
 * Runs queries and mutations compiled by graphql-jit through Apollo's `responseForOperation` hook: parsing, validation, limits and
 * error formatting stay Apollo's, only the execution is replaced (design.md 4.5). What jit refuses to compile falls back to graphql-js.
 */
export function compiledExecution(
  schema: GraphQLSchema,
  formatError: (error: unknown) => GraphQLFormattedError,
): ApolloServerPlugin<Context> {
  // Keyed by the document object: Apollo's document store hands out one object per text. "no" = jit refused it before.
  const compiled = new WeakMap<DocumentNode, Map<string, CompiledQuery | "no">>();
  let kept = 0;

  function compile(document: DocumentNode, operation: string): CompiledQuery | "no" {
    const known = compiled.get(document) ?? new Map<string, CompiledQuery | "no">();
    const found = known.get(operation);
    if (found) return found;
    const query = compileQuery(schema, document, operation === "" ? undefined : operation);
    const result = isCompiledQuery(query) ? query : "no";
    known.set(operation, result);
    if (kept++ < KEPT) compiled.set(document, known);
    return result;
  }

  return {
    async requestDidStart() {
      return {
        async responseForOperation({ document, operationName, request, contextValue }) {
          const query = compile(document, operationName ?? "");
          if (query === "no") return null;
          const { data, errors } = await query.query(undefined, contextValue, request.variables ?? {});
          const formatted = errors?.map((error) => formatError(error));
          const singleResult = {
            ...(data === undefined ? {} : { data: data as Record<string, unknown> | null }),
            ...(formatted ? { errors: formatted } : {}),
          };
          const response: GraphQLResponse = { http: { headers: new HeaderMap() }, body: { kind: "single", singleResult } };
          return response;
        },
      };
    },
  };
}
