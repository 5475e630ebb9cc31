import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The tenant's side of the redirect flow, played by the demo: the page where the user lands after the bank. */
export interface TenantApp extends AsyncDisposable {
  readonly redirectUrl: string;
  /** Query parameters of the next landing. */
  landed(): Promise<Readonly<Record<string, string>>>;
}

export async function startTenantApp(): Promise<TenantApp> {
  const arrivals: Readonly<Record<string, string>>[] = [];
  const waiting: ((query: Readonly<Record<string, string>>) => void)[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://tenant");
    response.writeHead(url.pathname === "/bank/return" ? 200 : 404, { "content-type": "text/html" }).end("<h1>Welcome back</h1>");
    if (url.pathname !== "/bank/return") return;
    const query = Object.fromEntries(url.searchParams);
    const next = waiting.shift();
    if (next) next(query);
    else arrivals.push(query);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    redirectUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/bank/return`,
    landed: async () => arrivals.shift() ?? new Promise((done) => waiting.push(done)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
