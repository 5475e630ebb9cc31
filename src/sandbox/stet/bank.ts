import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AccessCounter } from "../kit/access-counter.ts";
import { adminRoutes } from "../kit/admin-routes.ts";
import { BankAdmin, type ConsentAdmin } from "../kit/admin.ts";
import { listen } from "../kit/bank-server.ts";
import { Dispatcher } from "../kit/dispatcher.ts";
import { FaultBox } from "../kit/faults/fault-box.ts";
import { ShortLives } from "../kit/faults/token-faults.ts";
import { jsonReply, type Call } from "../kit/http-message.ts";
import { RequestLog } from "../kit/request-log.ts";
import { Router } from "../kit/router.ts";
import type { SandboxBank } from "../kit/sandbox-bank.ts";
import { SandboxClock } from "../ledger/clock.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { seededLedger } from "../ledger/seed.ts";
import { AuthorizationServer, serverMetadata } from "../oauth/authorization-server.ts";
import type { ClientRegistration } from "../oauth/client-registration.ts";
import { tppSeal, type TppSeal } from "../pki/tpp-seal.ts";
import { apiRoutes } from "./account-routes.ts";
import type { BankContext } from "./context.ts";
import { bankEntry } from "./entry.ts";
import { GrantStore } from "./grants.ts";
import { INTERACTION_PATH, loginPageRoutes } from "./login-pages.ts";
import { settingsOf, type Settings, type StetBankOptions } from "./options.ts";
import { CERTIFICATE_PATH } from "./signature-check.ts";
import { oauthSide, stetStandard } from "./standard.ts";

/** Starts a bank that speaks STET PSD2 1.4.0, 1.4.2 or 1.5. Its state lives in memory and ends with it. */
export async function startStetBank(options: StetBankOptions = {}): Promise<SandboxBank> {
  const settings = settingsOf(options);
  const ledger =
    options.ledger ??
    seededLedger(options.clock ?? new SandboxClock(), {
      country: settings.country,
      bic: settings.bic,
      bankCode: BANK + BRANCH,
      bban: frenchBban,
      ...(options.businessCount === undefined ? {} : { businessCount: options.businessCount }),
    });
  let dispatcher: Dispatcher | undefined;
  const [listening, seal] = await Promise.all([
    listen((request, response) => void dispatcher?.serve(request, response).catch(() => response.destroy()), {
      port: settings.port,
      host: settings.host,
      ...(settings.tls ? { tls: settings.tls } : {}),
    }),
    settings.signatures ? tppSeal() : undefined,
  ]);
  const { origin } = listening;
  const client = registration(options, settings, seal);
  const grants = new GrantStore(ledger, settings);
  const shortLives = new ShortLives(ledger.clock);
  const server = onlyOnce(() => authorizationServer({ origin, settings, client, ledger, grants }));
  const context: BankContext = {
    ...{ settings, ledger, grants, counter: new AccessCounter(), origin, seal },
    lookUpToken: async (token) => {
      const facts = await (await server()).lookUp(token);
      return facts && shortLives.isDead(token) ? { ...facts, expired: true } : facts;
    },
  };
  const [faults, log] = [new FaultBox(), new RequestLog()];
  const admin = new BankAdmin({ ledger, faults, log, consents: consentAdmin(grants) });
  const responses = new WeakMap<IncomingMessage, ServerResponse>();
  const router = routerOf(context, admin, { client, server, responses });
  const standard = stetStandard(context);
  dispatcher = new Dispatcher({
    clock: ledger.clock,
    router,
    faults,
    log,
    shortLives,
    standard,
    oauth: oauthSide(context, server),
    responses,
  });

  const entry = bankEntry(settings, origin, client, seal);
  const logins = ledger
    .userNames()
    .map((user) => ({ user, password: ledger.user(user)?.password ?? "", fullName: ledger.user(user)?.fullName ?? "" }));
  return {
    ...{ id: settings.id, name: settings.name, baseUrl: entry.baseUrl, port: listening.port, entry, logins },
    ...{ clock: ledger.clock, admin, [Symbol.asyncDispose]: listening.close },
  };
}

function routerOf(
  context: BankContext,
  admin: BankAdmin,
  oauth: {
    readonly client: ClientRegistration;
    readonly server: () => Promise<AuthorizationServer>;
    readonly responses: WeakMap<IncomingMessage, ServerResponse>;
  },
): Router {
  const { settings, origin, seal } = context;
  const router = new Router();
  const responseOf = (call: Call): ServerResponse => {
    const response = oauth.responses.get(call.request);
    if (!response) throw new Error("no response belongs to this request");
    return response;
  };
  router.add(...apiRoutes(context), ...loginPageRoutes({ context, server: oauth.server, responseOf }));
  const metadata = () => jsonReply(200, serverMetadata(origin, oauth.client.method));
  router.add({ operation: "metadata", method: "GET", pattern: "/.well-known/oauth-authorization-server", handle: metadata });
  if (seal) {
    const handle = () => ({ status: 200, headers: { "content-type": "application/x-pem-file" }, body: seal.cert });
    router.add({ operation: "tpp-certificate", method: "GET", pattern: `${CERTIFICATE_PATH}/:file`, handle });
  }
  if (settings.adminApi) router.add(...adminRoutes(admin));
  return router;
}

function authorizationServer(parts: {
  readonly origin: string;
  readonly settings: Settings;
  readonly client: ClientRegistration;
  readonly ledger: Ledger;
  readonly grants: GrantStore;
}): Promise<AuthorizationServer> {
  const { origin, settings, client, ledger, grants } = parts;
  return AuthorizationServer.create({
    issuer: origin,
    clock: ledger.clock,
    client,
    accessTokenTtl: settings.accessTokenTtl,
    interactionPath: (uid) => `${INTERACTION_PATH}/${uid}`,
    scopeKnown: (scope) => scope === "aisp" || scope === "extended_transaction_history",
    mayIssue: (_user, _scopes, grantId) => grants.isAlive(grantId),
  });
}

function registration(options: StetBankOptions, settings: Settings, seal: TppSeal | undefined): ClientRegistration {
  return {
    method: "client_secret_basic",
    // By the standard the client id is the organization identifier of the TPP's certificate.
    clientId: seal?.organizationIdentifier ?? "PSDFR-ACPR-000001",
    clientSecret: randomBytes(32).toString("base64url"),
    redirectUris: settings.redirectUris,
    ...options.auth,
  };
}

/** A consent is named by one of its tokens. */
function consentAdmin(grants: GrantStore): ConsentAdmin {
  const none = (what: string) => new RangeError(`STET knows no ${what}`);
  return {
    revoke: (token) => grants.revoke(token),
    cosign: () => {
      throw none("second signature");
    },
    decide: () => {
      throw none("decision outside the bank's pages");
    },
  };
}

const [BANK, BRANCH] = ["30006", "00001"];

/** Relevé d'identité bancaire: bank, branch, account of eleven digits, and the key over them. */
function frenchBban(serial: string): string {
  const account = serial.padStart(11, "0");
  const key = 97n - ((89n * BigInt(BANK) + 15n * BigInt(BRANCH) + 3n * BigInt(account)) % 97n);
  return BANK + BRANCH + account + key.toString().padStart(2, "0");
}

function onlyOnce<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
