import { X509Certificate } from "node:crypto";
import { adminRoutes } from "../kit/admin-routes.ts";
import { BankAdmin, type ConsentAdmin } from "../kit/admin.ts";
import { AccessCounter } from "../kit/access-counter.ts";
import { listen } from "../kit/bank-server.ts";
import { Dispatcher } from "../kit/dispatcher.ts";
import { FaultBox } from "../kit/faults/fault-box.ts";
import { ShortLives } from "../kit/faults/token-faults.ts";
import { RequestLog } from "../kit/request-log.ts";
import { Router } from "../kit/router.ts";
import type { SandboxBank } from "../kit/sandbox-bank.ts";
import { SandboxClock } from "../ledger/clock.ts";
import { seededLedger } from "../ledger/seed.ts";
import { rsaKeys, SandboxCa, type Certificate } from "../pki/sandbox-ca.ts";
import { tppSeal } from "../pki/tpp-seal.ts";
import { accountRoutes } from "./account-routes.ts";
import { authRoutes } from "./auth-routes.ts";
import { ConsentStore } from "./consent-store.ts";
import type { BankContext } from "./context.ts";
import { bankEntry } from "./entry.ts";
import { BankSeal } from "./jws.ts";
import { settingsOf, type PolishApiBankOptions } from "./options.ts";
import { polishApiStandard } from "./standard.ts";
import { applied, visitRoutes } from "./visit-routes.ts";

/** 8 digits of a bank and its branch (the last one checks the others), and the first of the account number. */
const BANK_CODE = "19900003000000";

let made: Promise<Certificate> | undefined;

/** The seal of every PolishAPI bank of this process. */
async function makeSeal(): Promise<Certificate> {
  const keys = await rsaKeys();
  const subject = { C: "PL", O: "Sandbox Bank", organizationIdentifier: "PSDPL-KNF-0000000001", CN: "Sandbox Bank QSEAL" };
  return new SandboxCa("Sandbox Bank QSEAL", keys).issue({ subject, use: "client", roles: ["PSP_AS"], keys });
}

/** Starts a bank that speaks PolishAPI 3.0, or 2.1.2. Its state lives in memory and ends with it. */
export async function startPolishApiBank(options: PolishApiBankOptions = {}): Promise<SandboxBank> {
  const settings = settingsOf(options);
  const [tpp, certificate] = await Promise.all([tppSeal(), (made ??= makeSeal())]);
  const ledger =
    options.ledger ??
    seededLedger(options.clock ?? new SandboxClock(), {
      country: settings.country,
      bic: settings.bic,
      bankCode: BANK_CODE,
      currency: settings.currency,
      ...(options.businessCount === undefined ? {} : { businessCount: options.businessCount }),
    });
  let dispatcher: Dispatcher | undefined;
  const listening = await listen((request, response) => void dispatcher?.serve(request, response).catch(() => response.destroy()), {
    port: settings.port,
    host: settings.host,
    ...(settings.tls ? { tls: settings.tls } : {}),
  });
  const shortLives = new ShortLives(ledger.clock);
  const context: BankContext = {
    settings,
    ledger,
    consents: new ConsentStore(ledger, settings),
    counter: new AccessCounter(),
    shortLives,
    seal: new BankSeal(certificate),
    clientId: options.clientId ?? tpp.organizationIdentifier,
    tppCertificate: new X509Certificate(options.tppCertificate ?? tpp.cert),
    origin: listening.origin,
  };
  const faults = new FaultBox();
  const log = new RequestLog();
  const admin = new BankAdmin({ ledger, faults, log, consents: consentAdmin(context) });
  const router = new Router();
  router.add(...authRoutes(context), ...accountRoutes(context), ...visitRoutes(context));
  if (settings.adminApi) router.add(...adminRoutes(admin));
  const standard = polishApiStandard(context);
  dispatcher = new Dispatcher({ clock: ledger.clock, router, faults, log, shortLives, standard, oauth: null, responses: new WeakMap() });

  const { origin, port } = listening;
  const entry = bankEntry({
    settings,
    origin,
    clientId: context.clientId,
    seal: context.seal,
    sign: options.tppCertificate === undefined ? tpp : undefined,
  });
  const logins = ledger
    .userNames()
    .map((user) => ({ user, password: ledger.user(user)?.password ?? "", fullName: ledger.user(user)?.fullName ?? "" }));
  return {
    ...{ id: settings.id, name: settings.name, baseUrl: entry.baseUrl, port, entry, logins, clock: ledger.clock, admin },
    [Symbol.asyncDispose]: listening.close,
  };
}

function consentAdmin(context: BankContext): ConsentAdmin {
  const { consents, ledger } = context;
  return {
    revoke(id) {
      const consent = consents.get(id);
      if (consent) consents.end(consent);
      return consent !== undefined;
    },
    cosign(id) {
      const consent = consents.get(id);
      if (consent) consents.cosign(consent);
      return consent !== undefined;
    },
    decide({ consentId, user, decision, accounts }) {
      const consent = consents.get(consentId);
      if (!consent || !ledger.user(user)) throw new RangeError("no such consent or user");
      if (consent.status !== "asked") throw new RangeError(`the consent is already ${consent.status}`);
      applied(context, consent, { outcome: decision, user, chosen: accounts ?? [] });
    },
  };
}
