import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { createBerlinGroupConnector } from "../../src/connectors/berlin-group/index.ts";
import type { Connector, ConnectorFactory, GrantHandle } from "../../src/connectors/connector.ts";
import type { Bank, BankConnection } from "../../src/domain/bank.ts";
import { Secret } from "../../src/domain/secret.ts";

export interface Received {
  readonly method: string;
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

/** What a bank answers: by request, so that a test shows a bank's odd habit in a line. */
export type Script = (request: Received, origin: string) => Scripted | Promise<Scripted>;

export const NOW = Date.parse("2026-11-25T12:00:00Z");

/** A connector on a bank that answers by script, and everything the bank received. */
export async function withScript(
  script: Script,
  profile: BankConnection["profile"],
  run: (parts: { connector: Connector; received: readonly Received[]; origin: string }) => Promise<void>,
  auth: Partial<BankConnection["auth"]> = {},
  more: Partial<Pick<BankConnection, "sign" | "tls">> = {},
  open: ConnectorFactory = createBerlinGroupConnector,
): Promise<void> {
  const received: Received[] = [];
  let origin = "";
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", origin);
      const got: Received = {
        method: request.method ?? "",
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(got);
      void Promise.resolve(script(got, origin)).then(({ status = 200, headers = {}, body }) => {
        response.writeHead(status, { "content-type": "application/json", ...headers });
        response.end(body === undefined ? "" : typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const bank = scriptedBank(`${origin}/psd2`, profile, absolute(auth, origin));
  const connection = bank.connection === null ? null : { ...bank.connection, ...more };
  const connector = open({ ...bank, connection }, { clock: { now: () => NOW } });
  try {
    await run({ connector, received, origin });
  } finally {
    await connector.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Addresses of the script's own server may be given as paths. */
function absolute(auth: Partial<BankConnection["auth"]>, origin: string): Partial<BankConnection["auth"]> {
  const { tokenUrl, authorizationUrl } = auth;
  return {
    ...auth,
    ...(tokenUrl?.startsWith("/") ? { tokenUrl: origin + tokenUrl } : {}),
    ...(authorizationUrl?.startsWith("/") ? { authorizationUrl: origin + authorizationUrl } : {}),
  };
}

function scriptedBank(baseUrl: string, profile: BankConnection["profile"], auth: Partial<BankConnection["auth"]>): Bank {
  const none = { clientSecret: "s3cret", scope: null, authorizationUrl: null, tokenUrl: null };
  return {
    ...{ id: "scripted", name: "Scripted", country: "DE", bic: null, nationalBankCode: null, logo: null, standard: "BERLIN_GROUP" },
    ...{ environment: "SANDBOX", psuTypes: ["PERSONAL"], scopes: ["ACCOUNTS"], maxHistoryDays: null, maxConsentDays: 180 },
    ...{ unattendedCallsPerDay: 4, timeZone: "Europe/Berlin" },
    connection: { baseUrl, auth: { ...none, clientId: "hub", method: "client_secret_basic", ...auth }, tls: null, sign: null, profile },
  };
}

/** A grant as the connector would have written it. */
export function handleOf(changes: Readonly<Record<string, unknown>> = {}): GrantHandle {
  const tokens = { accessToken: null, refreshToken: null, tokenUrl: null, issuer: null, tokenForConsents: false };
  const request = { scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS"], psuType: "PERSONAL", validUntil: "2027-02-20" };
  const memory = { v: 1, stage: "CONSENT", sca: "redirect", consentId: "c-1", ...tokens, scaStatus: null, confirmation: null, request };
  return { data: new Secret(JSON.stringify({ ...memory, ...changes })), accessExpiresAt: null };
}
