import type { ServerResponse } from "node:http";
import { sandboxPage } from "./landing.ts";
import { sampleDocument } from "./sample-operations.ts";

export interface Explorers {
  /** Apollo Sandbox: needs the internet. */
  sandbox(response: ServerResponse): void;
  /** GraphiQL: one page, needs nothing else. */
  graphiql(response: ServerResponse): Promise<void>;
}

/** The pages for people at `GET /graphql` and `GET /graphiql`, preset with URLs, headers and the sample operations. */
export function createExplorers(publicUrl: string): Explorers {
  const url = `${publicUrl}/graphql`;
  const sandbox = sandboxPage({ url, ws: url.replace(/^http/, "ws"), document: sampleDocument() });
  const headers = graphiqlHeaders(publicUrl.replace(/^http/, "ws"));
  let graphiql: Promise<string> | null = null; // 9 MB: loaded and made when somebody asks
  return {
    sandbox: (response) => void response.writeHead(200, sandbox.headers).end(sandbox.html),
    async graphiql(response) {
      const page = await (graphiql ??= graphiqlPage());
      response.writeHead(200, headers).end(page);
    },
  };
}

async function graphiqlPage(): Promise<string> {
  const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
  return renderGraphiQL({
    title: "PSD2 GraphQL hub",
    endpoint: "/graphql",
    subscriptionsProtocol: "WS",
    defaultQuery: sampleDocument(),
    headers: '{"authorization":"Bearer <API key or user token>"}',
  });
}

const graphiqlHeaders = (socketOrigin: string) => ({
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  // The page is one document with its scripts and workers inside; it talks to this host alone.
  "content-security-policy": `default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:; style-src 'unsafe-inline'; img-src data: 'self'; font-src data:; connect-src 'self' ${socketOrigin} blob:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'`,
});
