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
import type { ClientRegistration } from "../oauth/client-registration.ts";
import { fapiMetadata } from "../oauth/fapi-configuration.ts";
import { FapiServer } from "../oauth/fapi-server.ts";
import { accountRoutes } from "./account-routes.ts";
import { consentRoutes } from "./consent-routes.ts";
import { ConsentStore } from "./consent-store.ts";
import type { BankContext } from "./context.ts";
import { bankEntry } from "./entry.ts";
import { settingsOf, ukLedger, type Settings, type UkOpenBankingBankOptions } from "./options.ts";
import { pageRoutes, PAGES_PATH } from "./pages.ts";
import { oauthSide, ukStandard } from "./standard.ts";
import { tppKey, type TppKey } from "./tpp-key.ts";

/** Starts a bank that speaks UK Open Banking 4.0 or 3.1.11 for account information. Its state lives in memory and ends with it. */
export async function startUkOpenBankingBank(options: UkOpenBankingBankOptions = {}): Promise<SandboxBank> {
  const settings = settingsOf(options);
  const ledger = options.ledger ?? ukLedger(options.clock ?? new SandboxClock(), { ...settings, businessCount: options.businessCount });
  const key = await tppKey();
  const client = registration(options, settings, key);
  let dispatcher: Dispatcher | undefined;
  const { host, port, tls } = settings;
  const listening = await listen((request, response) => void dispatcher?.serve(request, response).catch(() => response.destroy()), {
    ...{ host, port },
    ...(tls ? { tls } : {}),
  });
  const { origin } = listening;

  const consents = new ConsentStore(ledger, settings);
  const shortLives = new ShortLives(ledger.clock);
  const server = onlyOnce(() =>
    FapiServer.create({
      ...{ issuer: origin, clock: ledger.clock, client },
      ...{ flow: settings.flow, accessTokenTtl: settings.accessTokenTtl, rotateRefreshToken: settings.rotateRefreshToken },
      certificateBound: settings.tls !== undefined,
      interactionPath: (uid) => `${PAGES_PATH}/${uid}`,
      mayIssue: (grantId) => consents.byGrant(grantId)?.status === "AUTHORISED",
    }),
  );
  const context: BankContext = {
    ...{ settings, ledger, consents, origin, counter: new AccessCounter() },
    lookUpToken: async (token) => {
      const facts = await (await server()).lookUp(token);
      return facts && shortLives.isDead(token) ? { ...facts, expired: true } : facts;
    },
    warmUp: () => void server(),
  };
  const [faults, log] = [new FaultBox(), new RequestLog()];
  const admin = new BankAdmin({ ledger, faults, log, consents: consentAdmin(context) });
  const responses = new WeakMap<IncomingMessage, ServerResponse>();
  const router = routerOf(context, admin, { client, server, responses });
  const standard = ukStandard(context);
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
  const entry = bankEntry(settings, origin, client, key);
  const logins = ledger.userNames().flatMap((name) => {
    const user = ledger.user(name);
    return user ? [{ user: name, password: user.password, fullName: user.fullName }] : [];
  });
  return {
    ...{ id: settings.id, name: settings.name, baseUrl: entry.baseUrl, port: listening.port },
    ...{ entry, logins, clock: ledger.clock, admin },
    [Symbol.asyncDispose]: listening.close,
  };
}

function routerOf(
  context: BankContext,
  admin: BankAdmin,
  oauth: {
    readonly client: ClientRegistration;
    readonly server: () => Promise<FapiServer>;
    readonly responses: WeakMap<IncomingMessage, ServerResponse>;
  },
): Router {
  const { settings, origin } = context;
  const router = new Router();
  const responseOf = (call: Call): ServerResponse => {
    const response = oauth.responses.get(call.request);
    if (!response) throw new Error("no response belongs to this request");
    return response;
  };
  router.add(...consentRoutes(context), ...accountRoutes(context), ...pageRoutes({ context, server: oauth.server, responseOf }));
  router.add({
    operation: "metadata",
    method: "GET",
    pattern: "/.well-known/openid-configuration",
    handle: () => {
      // Whoever asks this goes on to the token endpoint.
      context.warmUp();
      return jsonReply(200, fapiMetadata(origin, oauth.client, settings.flow, settings.tls !== undefined));
    },
  });
  if (settings.adminApi) router.add(...adminRoutes(admin));
  return router;
}

function registration({ auth = {} }: UkOpenBankingBankOptions, { redirectUris }: Settings, { jwks }: TppKey): ClientRegistration {
  const clientSecret = randomBytes(32).toString("base64url");
  return { method: "private_key_jwt", clientId: "sandbox-tpp", clientSecret, redirectUris, ...auth, jwks };
}

function consentAdmin({ consents, ledger }: BankContext): ConsentAdmin {
  return {
    revoke(id) {
      const consent = consents.get(id);
      if (consent) consents.end(consent, "REVOKED");
      return consent !== undefined;
    },
    // The standard knows no second signature for account information.
    cosign: () => false,
    decide({ consentId, user, decision }) {
      const consent = consents.get(consentId);
      if (!consent || !ledger.user(user)) throw new RangeError("no such consent or user");
      if (consent.status !== "AWAITING") throw new RangeError("the consent is already decided");
      if (decision === "approve") throw new RangeError("only a browser can approve here: the code must go back with it");
      if (decision === "refuse") consents.refuse(consent);
    },
  };
}

function onlyOnce<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
