import { X509Certificate } from "node:crypto";
import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Client } from "graphql-ws";
import { WebSocket } from "ws";
import type { Access, TenantAdmin } from "../src/access/access.ts";
import { createAudit } from "../src/access/audit.ts";
import { createAccess } from "../src/access/authenticate.ts";
import { createBudget, type BudgetLimits } from "../src/access/budget.ts";
import { createPeerOf } from "../src/access/peer.ts";
import { createTenantAdmin } from "../src/access/tenants.ts";
import { createDirectory } from "../src/banks/directory-of.ts";
import type { Consents, NewConsent } from "../src/consents/consents.ts";
import { createVault } from "../src/consents/vault.ts";
import type { Bank, Environment } from "../src/domain/bank.ts";
import { newId, type ConsentId, type TenantId, type UserId } from "../src/domain/ids.ts";
import type { Outcome } from "../src/domain/refusal.ts";
import { Secret } from "../src/domain/secret.ts";
import type { Owner, TokenScope, User } from "../src/domain/tenant.ts";
import type { Clock } from "../src/domain/time.ts";
import { createInProcessHints } from "../src/events/in-process.ts";
import type { Hints } from "../src/events/hints.ts";
import { createGraphql, type GraphqlServer } from "../src/graphql/server.ts";
import type { SocketLimits } from "../src/graphql/socket-limits.ts";
import { createLog } from "../src/log.ts";
import { createServices } from "../src/services.ts";
import type { Store } from "../src/store/store.ts";
import type { NewUpdate } from "../src/sync/requests.ts";
import { certificateRequest } from "./certificates.ts";
import { openTestStore } from "./databases.ts";
import { consent, NOW, update } from "./contracts/store-fixtures.ts";

export interface Answer {
  readonly status: number;
  readonly data: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- the shape is each test's own expectation
  readonly errors?: readonly { message: string; path?: readonly (string | number)[]; extensions: Record<string, unknown> }[];
}

export interface TestGraphql extends AsyncDisposable {
  readonly store: Store;
  readonly hints: Hints;
  readonly access: Access;
  readonly admin: TenantAdmin;
  readonly clock: TestClock;
  readonly url: string;
  readonly ws: string;
  readonly tenantId: TenantId;
  readonly owner: Owner;
  /** The tenant's API key, and another tenant's. */
  readonly apiKey: string;
  readonly otherKey: string;
  readonly revoke: (apiKey: string) => Promise<void>;
  /** A new consent's key of the tenant, as the store keeps it. */
  readonly wrappedKey: (consent: ConsentId) => string;
  /** A second key of the tenant. */
  readonly rotate: () => Promise<string>;
  readonly logged: readonly Record<string, unknown>[];
  readonly server: GraphqlServer;
  readonly consents: Consents;
  run(query: string, variables?: Record<string, unknown>, credential?: string | null): Promise<Answer>;
  post(body: string, headers?: Record<string, string>): Promise<Response>;
  tokenOf(user: UserId, scopes: readonly TokenScope[], origin?: string): Promise<string>;
  addUser(clientId?: string): Promise<User>;
  connect(credential?: string, options?: { headers?: Record<string, string>; anonymous?: boolean }): Client;
}

export class TestClock implements Clock {
  #now: number = NOW;
  now(): number {
    return this.#now;
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}

export const BANK: Bank = {
  id: "bank-a", name: "Bank A", country: "PL", bic: "AAAAPLPW", nationalBankCode: "1090", logo: null, standard: "BERLIN_GROUP",
  environment: "SANDBOX", connection: null, psuTypes: ["PERSONAL"], scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"],
  maxHistoryDays: null, maxConsentDays: 90, unattendedCallsPerDay: 4, timeZone: "Europe/Warsaw",
}; // prettier-ignore

export const BANKS: readonly Bank[] = [
  BANK,
  ...["b", "c", "d", "e"].map((letter) => ({ ...BANK, id: `bank-${letter}`, name: `Bank ${letter.toUpperCase()}`, bic: null })),
];

export interface TestGraphqlOptions {
  readonly environment?: Environment;
  readonly points?: BudgetLimits;
  readonly socketLimits?: Partial<SocketLimits>;
  /** The hub's own consents and updates instead of played ones; no bank can be connected to. @default false */
  readonly realServices?: boolean;
}

/** The GraphQL server over a real SQLite file, real access and real sockets; what talks to banks is played. */
export async function startTestGraphql(options: TestGraphqlOptions = {}): Promise<TestGraphql> {
  const folder = mkdtempSync(join(tmpdir(), "hub-graphql-"));
  const { store } = await openTestStore(folder);
  const clock = new TestClock();
  const masterKey = new Secret(Buffer.alloc(32, 7).toString("base64"));
  const environment = options.environment ?? "SANDBOX";
  const admin = createTenantAdmin({ store, clock, masterKey });
  const access = await createAccess({ store, clock, masterKey, environment });
  const wanted = { environment, redirectUrls: ["https://a.example/back"], callbackUrls: ["https://a.example/hook"] };
  const tenant = await admin.create({ name: "Fintech", ...wanted });
  const other = await admin.create({ name: "Other", ...wanted });
  const hints = createInProcessHints();
  const logged: Record<string, unknown>[] = [];
  const server: Server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const publicUrl = `http://127.0.0.1:${String(port)}`;
  const services = options.realServices
    ? createServices({ store, hints, clock, banks: createDirectory(BANKS), environment, masterKey, publicUrl, log: createLog("silent") })
    : {
        consents: playedConsents(store),
        requests: { create: playedCreate(store), cancel: () => Promise.reject(new Error("not played")) },
      };
  const graphql = await createGraphql({
    ...services,
    store, hints, clock, environment, publicUrl, peerOf: createPeerOf([]), admin, audit: createAudit({ store, clock }), access: environment === "PRODUCTION" ? await withCertificates(access, admin, [tenant, other]) : access, banks: createDirectory(BANKS), corsOrigins: ["https://app.example"],
    log: { error: (fields) => void logged.push({ ...fields }) },
    budget: createBudget({ clock, limits: options.points ?? { tenant: 1e9, user: 1e9 }, store: store.dialect === "postgres" ? store : null }),
    ...(options.socketLimits ? { socketLimits: options.socketLimits } : {}),
  }); // prettier-ignore
  server.on("request", (request, response) => void graphql.handle(request, response));
  server.on("upgrade", (request, socket: Socket, head) => graphql.upgrade(request, socket, head));
  const url = `${publicUrl}/graphql`;
  const ws = url.replace("http", "ws");
  const clients: Client[] = [];
  const owner: Owner = { tenantId: tenant.tenantId, userId: null };

  const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
  return {
    store, hints, admin, access, clock, url, ws, tenantId: tenant.tenantId, owner, apiKey: tenant.apiKey, otherKey: other.apiKey, logged, server: graphql, post, consents: services.consents,
    wrappedKey: (id) => createVault(masterKey).newKey({ id, tenantId: tenant.tenantId }).wrapped,
    async rotate() {
      const made = await admin.rotateKey(tenant.tenantId);
      if (!made.ok) throw new Error(made.refusals[0]?.message);
      return made.value.apiKey;
    },
    async revoke(apiKey) {
      await admin.revokeKey(apiKey.split("_")[2] ?? "");
    },
    async run(query, variables = {}, credential = tenant.apiKey) {
      const response = await post(JSON.stringify({ query, variables }), credential === null ? {} : { authorization: `Bearer ${credential}` });
      return { status: response.status, ...((await response.json()) as Omit<Answer, "status">) };
    },
    async tokenOf(userId, scopes, origin) {
      const [row, user] = [await store.tenant(tenant.tenantId), (await store.usersByIds(owner, [userId])).get(userId)];
      if (!row || !user) throw new Error("no such user");
      return (await access.createUserToken(row, user, { scopes, origin: origin ?? null, ttlSeconds: 900 })).token;
    },
    async addUser(clientId) {
      const user = { id: newId("usr"), tenantId: tenant.tenantId, clientId: clientId ?? null, createdAt: NOW, changeSeq: 0 };
      await store.tx((tx) => tx.insertUser(user));
      return user;
    },
    connect(credential = tenant.apiKey, { headers = {}, anonymous = false } = {}) {
      class Socket extends WebSocket {
        constructor(address: string, protocols: string) {
          super(address, protocols, { headers });
        }
      }
      const connectionParams = anonymous ? {} : { authorization: `Bearer ${credential}` };
      const client = createClient({ url: ws, webSocketImpl: Socket, connectionParams, retryAttempts: 0, lazy: true });
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.dispose();
      await graphql.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await hints[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  }; // prettier-ignore
}

/** Production asks for a certificate and a listed address besides the key: each tenant's own is put in, as TLS would. */
async function withCertificates(
  access: Access,
  admin: TenantAdmin,
  tenants: readonly { tenantId: TenantId; apiKey: string }[],
): Promise<Access> {
  const certificates = new Map<string, Uint8Array>();
  for (const { tenantId, apiKey } of tenants) {
    await admin.setAddresses(tenantId, ["127.0.0.1"]);
    const made = await admin.issueCertificate(tenantId, (await certificateRequest()).csr);
    if (!made.ok) throw new Error(made.refusals[0]?.message);
    certificates.set(apiKey, new X509Certificate(made.value.pem).raw);
  }
  return {
    ...access,
    authenticate: (authorization, origin, address) =>
      access.authenticate(authorization, origin, address, certificates.get(authorization?.slice("Bearer ".length) ?? "") ?? null),
  };
}

function playedConsents(store: Store): Consents {
  const notPlayed = (): Promise<never> => Promise.reject(new Error("secret detail of a consent"));
  return {
    async create({ owner: { tenantId }, userId, bank, redirectUrl, scopes }: NewConsent): Promise<Outcome<ReturnType<typeof consent>>> {
      if (redirectUrl !== "https://a.example/back") {
        const message = "The redirect URL is none of yours.";
        return { ok: false, refusals: [{ type: "RedirectUrlNotRegistered", message, path: ["redirectUrl"], registered: ["https://a.example/back"] }] };
      }
      const row = consent({ tenantId, userId, bankId: bank.id, scopes, status: "REQUESTED", redirectUrl });
      await store.tx((tx) => tx.insertConsent(row, "wrapped"));
      return { ok: true, value: row };
    },
    renew: notPlayed, erase: notPlayed, eraseUser: notPlayed, setSchedule: notPlayed, returned: notPlayed,
    async authorizationUrls(asking: Owner, ids: readonly ConsentId[]) {
      const waiting = [...(await store.consentsByIds(asking, ids)).values()].filter(({ status }) => status === "REQUESTED");
      return new Map(waiting.map(({ id }) => [id, `https://bank.example/authorize?consent=${id}`]));
    },
  }; // prettier-ignore
}

function playedCreate(store: Store) {
  return async ({ owner, consentId }: NewUpdate): Promise<Outcome<{ update: ReturnType<typeof update>; joined: boolean }>> => {
    const found = (await store.consentsByIds(owner, [consentId])).get(consentId);
    if (!found) return { ok: false, refusals: [{ type: "NotFound", message: "There is no such consent.", path: ["consentId"] }] };
    if (found.status !== "GIVEN")
      return { ok: false, refusals: [{ type: "ConsentNotUsable", message: "Renew it.", path: ["consentId"], consent: found }] };
    const active = await store.activeUpdate(consentId);
    const row = active ?? update({ consentId, userId: found.userId, tenantId: found.tenantId });
    if (!active) await store.tx((tx) => tx.insertUpdate(row));
    return { ok: true, value: { update: row, joined: active !== null } };
  };
}
