import { createHash } from "node:crypto";

/** What `GET /graphql` shows a browser: Apollo Sandbox, embedded, with endpoint, subscription URL, headers and operations preset. */
export function sandboxPage(options: { readonly url: string; readonly ws: string; readonly document: string }): {
  readonly html: string;
  readonly headers: Record<string, string>;
} {
  const preset = JSON.stringify({
    target: "#sandbox",
    initialEndpoint: options.url,
    initialSubscriptionEndpoint: options.ws,
    initialState: {
      document: options.document,
      headers: { authorization: "Bearer <API key or user token>" },
      includeCookies: false,
      pollForSchemaUpdates: false,
    },
  }).replaceAll("<", "\\u003c");
  const script = `new window.EmbeddedSandbox(${preset});`;
  const hash = createHash("sha256").update(script).digest("base64");
  const style = "html,body,#sandbox{height:100%;margin:0}noscript,p{font:16px system-ui;padding:1rem}";
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>PSD2 GraphQL hub</title><style>${style}</style></head><body><div id="sandbox"><p>Apollo Sandbox is loading from the internet. Without internet: <a href="/graphiql">/graphiql</a>.</p></div><script src="https://embeddable-sandbox.cdn.apollographql.com/_latest/embeddable-sandbox.umd.production.min.js"></script><script>${script}</script></body></html>`;
  return {
    html,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "content-security-policy": `default-src 'none'; script-src 'sha256-${hash}' https://embeddable-sandbox.cdn.apollographql.com; style-src 'unsafe-inline'; frame-src https://sandbox.embed.apollographql.com; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'`,
    },
  };
}
