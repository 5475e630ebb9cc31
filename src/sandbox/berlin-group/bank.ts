import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
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
import { AccessCounter } from "../kit/access-counter.ts";
import { accountRoutes } from "./account-routes.ts";
import { authorisationRoutes } from "./authorisation-routes.ts";
import { consentRoutes } from "./consent-routes.ts";
import { ConsentStore } from "./consent-store.ts";
import type { BankContext } from "./context.ts";
import { bankEntry } from "./entry.ts";
import { INTERACTION_PATH, oauthDoorRoutes } from "./oauth-doors.ts";
import { settingsOf, type BerlinGroupBankOptions, type Settings } from "./options.ts";
import { appRoutes, redirectRoutes } from "./redirect-routes.ts";
import { applyOutcome, ScaPages } from "./sca-pages.ts";
import { berlinGroupStandard, oauthSide } from "./standard.ts";
import { METADATA_PATH } from "./token-check.ts";

/** Starts a bank that speaks NextGenPSD2 1.3.12. Its state lives in memory and ends with it. */
export async function startBerlinGroupBank(options: BerlinGroupBankOptions = {}): Promise<SandboxBank> {
  const settings = settingsOf(options);
  const ledger =
    options.ledger ??
    seededLedger(options.clock ?? new SandboxClock(), {
      country: settings.country,
      bic: settings.bic,
      bankCode: "10099900",
      ...(options.businessCount === undefined ? {} : { businessCount: options.businessCount }),
    });
  const client = registration(options, settings);
  let dispatcher: Dispatcher | undefined;
  const listening = await listen((request, response) => void dispatcher?.serve(request, response).catch(() => response.destroy()), {
    port: settings.port,
    host: settings.host,
    ...(settings.tls ? { tls: settings.tls } : {}),
  });
  const { origin } = listening;

  const consents = new ConsentStore(ledger, settings);
  const shortLives = new ShortLives(ledger.clock);
  const server = onlyOnce(() => authorizationServer({ origin, settings, client, ledger, consents }));
  const context: BankContext = {
    settings,
    ledger,
    consents,
    counter: new AccessCounter(),
    reports: new Map(),
    origin,
    lookUpToken: async (token) => {
      const facts = await (await server()).lookUp(token);
      return facts && shortLives.isDead(token) ? { ...facts, expired: true } : facts;
    },
    warmUp: () => void (settings.sca.startsWith("oauth") && server()),
  };
  const faults = new FaultBox();
  const log = new RequestLog();
  const admin = new BankAdmin({ ledger, faults, log, consents: consentAdmin(context) });
  const responses = new WeakMap<IncomingMessage, ServerResponse>();
  const router = routerOf(context, admin, { client, server, responses });
  const standard = berlinGroupStandard(context);
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

  const entry = bankEntry(settings, origin, client);
  const logins = ledger
    .userNames()
    .map((user) => ({ user, password: ledger.user(user)?.password ?? "", fullName: ledger.user(user)?.fullName ?? "" }));
  return {
    id: settings.id,
    name: settings.name,
    baseUrl: entry.baseUrl,
    port: listening.port,
    entry,
    logins,
    clock: ledger.clock,
    admin,
    [Symbol.asyncDispose]: listening.close,
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
  const { settings, origin } = context;
  const router = new Router();
  const pages = new ScaPages(context);
  const responseOf = (call: Call): ServerResponse => {
    const response = oauth.responses.get(call.request);
    if (!response) throw new Error("no response belongs to this request");
    return response;
  };
  router.add(...consentRoutes(context), ...authorisationRoutes(context), ...accountRoutes(context));
  if (settings.sca === "redirect" || settings.sca === "oauth-pre-step") router.add(...redirectRoutes(context, pages));
  if (settings.sca === "decoupled") router.add(...appRoutes(context, pages));
  if (settings.sca.startsWith("oauth")) {
    const metadata = () => jsonReply(200, serverMetadata(origin, oauth.client.method));
    router.add(...oauthDoorRoutes({ context, pages, server: oauth.server, responseOf }));
    for (const pattern of [METADATA_PATH, "/.well-known/openid-configuration"])
      router.add({ operation: "metadata", method: "GET", pattern, handle: metadata });
  }
  if (settings.adminApi) router.add(...adminRoutes(admin));
  return router;
}

function authorizationServer(parts: {
  readonly origin: string;
  readonly settings: Settings;
  readonly client: ClientRegistration;
  readonly ledger: Ledger;
  readonly consents: ConsentStore;
}): Promise<AuthorizationServer> {
  const { origin, settings, client, ledger, consents } = parts;
  const preStep = settings.sca === "oauth-pre-step";
  return AuthorizationServer.create({
    issuer: origin,
    clock: ledger.clock,
    client,
    accessTokenTtl: settings.accessTokenTtl,
    interactionPath: (uid) => `${INTERACTION_PATH}/${uid}`,
    scopeKnown: (scope) => (preStep ? scope === "AISP" : scope.startsWith("AIS:") && consents.get(scope.slice(4)) !== undefined),
    mayIssue: (_user, scopes) =>
      preStep ||
      [...scopes].every(
        (scope) => !scope.startsWith("AIS:") || ["valid", "partiallyAuthorised"].includes(consents.get(scope.slice(4))?.status ?? ""),
      ),
  });
}

function registration(options: BerlinGroupBankOptions, settings: Settings): ClientRegistration {
  const { auth = {} } = options;
  return {
    method: "client_secret_basic",
    clientId: "PSDDE-BAFIN-000001",
    clientSecret: randomBytes(32).toString("base64url"),
    redirectUris: settings.redirectUris,
    ...auth,
  };
}

function consentAdmin(context: BankContext): ConsentAdmin {
  const { consents } = context;
  return {
    revoke(id) {
      const consent = consents.get(id);
      if (consent) consents.end(consent, "revokedByPsu");
      return consent !== undefined;
    },
    cosign(id) {
      const consent = consents.get(id);
      if (consent) consents.cosign(consent);
      return consent !== undefined;
    },
    decide({ consentId, user, decision, accounts }) {
      const consent = consents.get(consentId);
      if (!consent || !context.ledger.user(user)) throw new RangeError("no such consent or user");
      if (consent.status !== "received") throw new RangeError(`the consent is already ${consent.status}`);
      applyOutcome(context, consent, decision, user, accounts ?? []);
    },
  };
}

function onlyOnce<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
