import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Connector, GrantHandle } from "../../src/connectors/connector.ts";
import { createStetConnector } from "../../src/connectors/stet/index.ts";
import type { Bank, BankConnection } from "../../src/domain/bank.ts";
import { Secret } from "../../src/domain/secret.ts";
import { SandboxCa } from "../../src/sandbox/pki/sandbox-ca.ts";

export const NOW = Date.parse("2026-11-25T10:00:00Z");

export interface Received {
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
export interface Scripted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
export type Script = (request: Received) => Scripted;

const ca = new SandboxCa("Test QTSP");
export const SEAL = ca.issue({ subject: { CN: "hub seal" }, use: "client" });

/** A STET connector at a bank that answers by script; everything that the bank received. */
export async function withScript(
  script: Script,
  profile: BankConnection["profile"],
  run: (parts: { readonly connector: Connector; readonly received: readonly Received[]; readonly origin: string }) => Promise<void>,
  entry: { readonly sign?: BankConnection["sign"]; readonly auth?: Partial<BankConnection["auth"]>; readonly base?: string } = {},
): Promise<void> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://bank");
      const { method = "", headers } = request;
      const got = {
        method,
        target: request.url ?? "",
        path: url.pathname,
        query: url.searchParams,
        headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(got);
      const { status = 200, headers: more = {}, body } = script(got);
      response.writeHead(status, { "content-type": "application/hal+json; charset=utf-8", ...more });
      response.end(status === 204 || body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const auth = { clientSecret: "s3cret", scope: null, authorizationUrl: `${origin}/authorize`, tokenUrl: `${origin}/token` };
  const bank: Bank = {
    ...{ id: "scripted", name: "Scripted", country: "FR", bic: null, nationalBankCode: null, logo: null, standard: "STET" },
    ...{ environment: "SANDBOX", psuTypes: ["PERSONAL"], scopes: ["ACCOUNTS"], maxHistoryDays: null, maxConsentDays: 180 },
    ...{ unattendedCallsPerDay: 4, timeZone: "Europe/Paris" },
    connection: {
      baseUrl: origin + (entry.base ?? "/psd2"),
      auth: { ...auth, clientId: "PSDFR-ACPR-1", method: "client_secret_basic", ...entry.auth },
      tls: null,
      sign: entry.sign ?? null,
      profile,
    },
  };
  const connector = createStetConnector(bank, { clock: { now: () => NOW } });
  try {
    await run({ connector, received, origin });
  } finally {
    await connector.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A grant as the connector would have written it. */
export function handleOf(changes: Readonly<Record<string, unknown>> = {}, accessExpiresAt: number | null = null): GrantHandle {
  const request = { scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"], validUntil: "2027-02-20" };
  const tokens = { accessToken: "access-1", refreshToken: "refresh-1", tokenUrl: "http://127.0.0.1:9/token", issuer: null };
  return { data: new Secret(JSON.stringify({ v: 1, ...tokens, consented: null, mixed: false, request, ...changes })), accessExpiresAt };
}
