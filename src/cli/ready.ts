import type { Hub } from "../app.ts";

const FIRST_QUERY = `{ banks(first: 5, filter: { connectable: true }) { totalCount nodes { id name country standard } } }`;

/** What a person (or, with `json`, a program) needs to go on from here. */
export function printReady(
  hub: Pick<Hub, "url" | "ws" | "demoTenantKey" | "banks" | "role">,
  json: boolean,
  out: NodeJS.WritableStream,
): void {
  if (json) {
    const { url, ws, demoTenantKey, banks } = hub;
    out.write(`${JSON.stringify({ url, ws, demoTenantKey, banks })}\n`);
    return;
  }
  if (hub.role === "worker") {
    out.write("\nThe hub's worker is up: it runs updates for the gateways on the same database.\n\n");
    return;
  }
  const lines = [
    "",
    "The hub is up.",
    "",
    `  GraphQL           ${hub.url}   (WebSocket ${hub.ws})`,
    `  Apollo Sandbox    ${hub.url}   in a browser`,
  ];
  lines.push(`  Offline explorer  ${new URL("/graphiql", hub.url).href}   in a browser, needs no internet`);
  if (hub.demoTenantKey !== null) lines.push(`  Demo tenant key   ${hub.demoTenantKey}`);
  for (const { name, id, logins } of hub.banks) {
    lines.push(
      `  Bank              ${name} (bank_${id})   login ${logins.map(({ user, password }) => `${user} / ${password}`).join(", ")}`,
    );
  }
  lines.push("", "Paste a first query into a terminal:", "");
  lines.push(`  curl -s ${hub.url} -H 'content-type: application/json' -H 'authorization: Bearer ${hub.demoTenantKey ?? "<api key>"}' \\`);
  lines.push(
    `    -d '${JSON.stringify({ query: FIRST_QUERY })}'`,
    "",
    "Or watch the whole main job in a second terminal: npm run demo",
    "Stop with Ctrl+C.",
    "",
  );
  out.write(`${lines.join("\n")}\n`);
}
