import type { ApolloServerPlugin } from "@apollo/server";
import type { Context } from "./context.ts";

/**
 * GraphQL over HTTP: a request that is well formed and whose operation is not (syntax, validation, variables) is answered with 200
 * where the caller asked for `application/json` by name, because clients of that media type take any other status for a failure of the
 * transport; with 400 in `application/graphql-response+json`. Who names no media type gets 400, as from Apollo Server.
 */
export function requestErrorStatus(): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ request, response }) {
          if (response.http.status === 400 && asksForJson(request.http?.headers.get("accept") ?? "")) response.http.status = 200;
        },
      };
    },
  };
}

function asksForJson(accept: string): boolean {
  return /(^|[,\s])application\/json\b/.test(accept) && !accept.includes("application/graphql-response+json");
}
