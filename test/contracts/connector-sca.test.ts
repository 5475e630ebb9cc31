import { exportJWK } from "jose";
import { createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createBerlinGroupConnector } from "../../src/connectors/berlin-group/index.ts";
import type { GrantHandle } from "../../src/connectors/connector.ts";
import { parseBanks } from "../../src/banks/load.ts";
import type { Bank, BankConnection } from "../../src/domain/bank.ts";
import { Secret } from "../../src/domain/secret.ts";
import { startBerlinGroupBank } from "../../src/sandbox/berlin-group/bank.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import type { BerlinGroupBankOptions } from "../../src/sandbox/berlin-group/options.ts";
import { SandboxCa } from "../../src/sandbox/pki/sandbox-ca.ts";
import { benches } from "./connector-benches.ts";
import { bankErrorOf, Bench, iban, PSU } from "./connector-bench.ts";

const account = () => ({ id: `acc-${iban()}`, iban: iban(), transactions: [] });

/** A bank with these options, a connector for its entry as `change` makes it, and what a test does with both. */
async function withBank(
  options: BerlinGroupBankOptions,
  run: (bench: Bench, bank: SandboxBank) => Promise<void>,
  change: (connection: BankConnection) => BankConnection = (connection) => connection,
): Promise<void> {
  await using bank = await startBerlinGroupBank({ businessCount: 1, ...options });
  // The list insists on a signing key for private_key_jwt; the tests bring theirs afterwards.
  const basic = { ...bank.entry, auth: { ...bank.entry.auth, method: "client_secret_basic" } };
  const [entry] = parseBanks([basic], "test", { environment: "SANDBOX", unattendedCallsPerDay: 4 });
  if (!entry?.connection) throw new Error("no connection");
  const clock = { now: () => bank.clock.nowMs() };
  const method = options.auth?.method ?? "client_secret_basic";
  const changed: Bank = { ...entry, connection: change({ ...entry.connection, auth: { ...entry.connection.auth, method } }) };
  const connector = createBerlinGroupConnector(changed, { clock });
  try {
    await run(new Bench({ bank, connector, clock, setup: benches.BERLIN_GROUP }), bank);
  } finally {
    await connector.close();
  }
}

async function listed(bench: Bench, handle: GrantHandle): Promise<number> {
  return (await bench.connector.accounts({ handle, psu: PSU }, bench.signal)).accounts.length;
}

describe("redirect SCA", () => {
  it("needs no token: the consent id opens the accounts", () =>
    withBank({ sca: "redirect", prefix: "/psd2" }, async (bench) => {
      const handle = await bench.grant(bench.person([account()]));
      expect(await listed(bench, handle)).toBe(1);
      expect(handle.accessExpiresAt).toBeNull();
      expect(await bench.connector.refresh(handle, bench.signal)).toBeNull();
    }));

  it("knows a refusal by the other redirect address and the status", () =>
    withBank({ sca: "redirect" }, async (bench) => {
      const { opened, returned } = await bench.open();
      const parameters = await bench.decide(opened.authorizationUrl, bench.person([account()]), "refuse");
      const done = await bench.connector.completeGrant({ ...returned, parameters }, bench.signal);
      expect(done).toEqual({ outcome: "DENIED", reason: "USER_DENIED" });
    }));

  it("believes the status, not the address the person comes back by", () =>
    withBank({ sca: "redirect" }, async (bench) => {
      const { opened, returned } = await bench.open();
      const parameters = { ...(await bench.decide(opened.authorizationUrl, bench.person([account()]))), nok: "1" };
      expect((await bench.connector.completeGrant({ ...returned, parameters }, bench.signal)).outcome).toBe("GIVEN");
      const second = await bench.open();
      const early = { ...second.returned, parameters: { state: second.returned.state } };
      expect((await bench.connector.completeGrant(early, bench.signal)).outcome).toBe("PENDING");
    }));

  it.each(["redirect", "oauth-integrated"] as const)("starts the authorisation itself where the bank wants that (%s)", (sca) =>
    withBank({ sca, explicitAuthorisation: true }, async (bench, bank) => {
      const handle = await bench.grant(bench.person([account()]));
      expect(await listed(bench, handle)).toBe(1);
      expect(bank.admin.requests().filter(({ method, path }) => method === "POST" && path.endsWith("/authorisations"))).toHaveLength(1);
    }),
  );
});

describe("OAuth pre-step", () => {
  it("fetches a token, then sends the person on to the consent's own page", () =>
    withBank({ sca: "oauth-pre-step" }, async (bench, bank) => {
      const user = bench.person([account()]);
      const { opened, returned } = await bench.open();
      expect(bank.admin.requests("consent-create")).toEqual([]);
      const parameters = await bench.decide(opened.authorizationUrl, user);
      const between = await bench.connector.completeGrant({ ...returned, parameters }, bench.signal);
      expect(between.outcome).toBe("CONTINUE");
      if (between.outcome !== "CONTINUE") return;
      const second = await bench.decide(between.authorizationUrl, user);
      const done = await bench.connector.completeGrant({ ...returned, handle: between.handle, parameters: second }, bench.signal);
      expect(done.outcome).toBe("GIVEN");
      if (done.outcome !== "GIVEN") return;
      expect(await listed(bench, done.handle)).toBe(1);
      const fresh = await bench.connector.refresh(done.handle, bench.signal);
      expect(fresh).not.toBeNull();
      if (fresh) expect(await bench.connector.revoke({ handle: fresh, psu: null }, bench.signal)).toBe("DONE");
    }));
});

describe("a first consent for the list of accounts", () => {
  it("leads to a second one for exactly those, at a bank that is strict about both", () =>
    withBank(
      { sca: "redirect" },
      async (bench, bank) => {
        const user = bench.person([account(), account()]);
        const { opened, returned } = await bench.open(["ACCOUNTS", "BALANCES", "TRANSACTIONS"]);
        const parameters = await bench.decide(opened.authorizationUrl, user);
        const between = await bench.connector.completeGrant({ ...returned, parameters }, bench.signal);
        expect(between.outcome).toBe("CONTINUE");
        if (between.outcome !== "CONTINUE") return;
        expect(bench.consentIdOf(between.handle)).not.toBe(bench.consentIdOf(opened.handle));
        const second = await bench.decide(between.authorizationUrl, user);
        const done = await bench.connector.completeGrant({ ...returned, handle: between.handle, parameters: second }, bench.signal);
        expect(done.outcome).toBe("GIVEN");
        if (done.outcome !== "GIVEN") return;
        const { accounts } = await bench.connector.accounts({ handle: done.handle, psu: PSU }, bench.signal);
        expect(accounts.map(({ mayReadTransactions }) => mayReadTransactions)).toEqual([true, true]);
        expect(bank.admin.requests("consent-create").map(({ status }) => status)).toEqual([201, 201]);
      },
      (connection) => ({ ...connection, profile: { ...connection.profile, consent: { model: "account-list" } } }),
    ));
});

describe("decoupled SCA", () => {
  it("has nowhere to send the person, and is polled", () =>
    withBank({ sca: "decoupled" }, async (bench, bank) => {
      const user = bench.person([account()]);
      const { opened, returned } = await bench.open();
      expect(opened.decoupled).toBe(true);
      expect(new URL(opened.authorizationUrl).searchParams.get("state")).toBe(returned.state);
      const waiting = await bench.connector.completeGrant({ ...returned, parameters: {} }, bench.signal);
      expect(waiting.outcome).toBe("PENDING");
      bank.admin.decide({ consentId: bench.consentIdOf(opened.handle), user, decision: "approve" });
      const done = await bench.connector.completeGrant({ ...returned, parameters: {} }, bench.signal);
      expect(done.outcome).toBe("GIVEN");
      if (done.outcome === "GIVEN") expect(await listed(bench, done.handle)).toBe(1);
    }));
});

describe("integrated OAuth", () => {
  const undiscovered = (connection: BankConnection): BankConnection => {
    return { ...connection, auth: { ...connection.auth, authorizationUrl: null, tokenUrl: null } };
  };

  it("finds both endpoints in the metadata that the consent links to", () =>
    withBank({}, async (bench) => expect(await listed(bench, await bench.grant(bench.person([account()])))).toBe(1), undiscovered));

  it("asks for exactly this consent, with PKCE and the state of the attempt", () =>
    withBank({}, async (bench) => {
      const { opened, returned } = await bench.open();
      const query = Object.fromEntries(new URL(opened.authorizationUrl).searchParams);
      expect(query).toMatchObject({
        response_type: "code",
        scope: `AIS:${bench.consentIdOf(opened.handle)}`,
        state: returned.state,
        redirect_uri: returned.redirectUri,
        code_challenge_method: "S256",
      });
    }));

  it("refuses a code that another authorisation server claims to have sent, before using it", () =>
    withBank({}, async (bench, bank) => {
      const { opened, returned } = await bench.open();
      const parameters = await bench.decide(opened.authorizationUrl, bench.person([account()]));
      expect(parameters["iss"]).toBeDefined();
      const mixed = { ...parameters, iss: "https://evil.example" };
      const error = await bankErrorOf(bench.connector.completeGrant({ ...returned, parameters: mixed }, bench.signal));
      expect(error.bankCode).toBe("ISSUER_MISMATCH");
      expect(bank.admin.requests("token")).toEqual([]);
    }));
});

describe("the hub's own identity", () => {
  const ca = new SandboxCa();
  const server = ca.issue({ subject: { CN: "bank.example" }, use: "server" });
  const client = ca.issue({
    subject: { C: "PL", O: "Hub", organizationIdentifier: "PSDPL-KNF-1", CN: "hub" },
    use: "client",
    roles: ["PSP_AI"],
  });
  const tls = { key: server.key, cert: server.cert, clientCa: ca.cert };
  const withTls = (connection: BankConnection): BankConnection => ({ ...connection, tls: { ...client, ca: ca.cert } });

  it("shows its certificate to a bank with mutual TLS", () =>
    withBank(
      { sca: "redirect", tls, requireAisRole: true },
      async (bench, bank) => {
        const { opened, returned } = await bench.open();
        bank.admin.decide({ consentId: bench.consentIdOf(opened.handle), user: bench.person([account()]), decision: "approve" });
        const done = await bench.connector.completeGrant({ ...returned, parameters: { state: returned.state } }, bench.signal);
        expect(done.outcome).toBe("GIVEN");
      },
      withTls,
    ));

  it("reads a refused certificate as its own trouble, not the user's", () =>
    withBank(
      { sca: "redirect", tls },
      async (bench) => expect((await bankErrorOf(bench.open())).failure).toBe("TPP_NOT_ACCEPTED"),
      (connection) => ({
        ...withTls(connection),
        tls: { ...new SandboxCa("Other").issue({ subject: { CN: "x" }, use: "client" }), ca: ca.cert },
      }),
    ));

  it("signs every request where the bank asks for it", () =>
    withBank(
      { sca: "redirect", signatures: { ca: ca.cert } },
      async (bench) => {
        const handle = await bench.grant(bench.person([account()]));
        expect(await listed(bench, handle)).toBe(1);
        expect(await bench.connector.revoke({ handle, psu: null }, bench.signal)).toBe("DONE");
      },
      (connection) => ({ ...connection, sign: { ...client, keyId: null } }),
    ));

  it("is refused without a signature", () =>
    withBank({ sca: "redirect", signatures: {} }, async (bench) => {
      const error = await bankErrorOf(bench.open());
      expect([error.failure, error.bankCode]).toEqual(["TPP_NOT_ACCEPTED", "SIGNATURE_MISSING"]);
    }));

  it.each(["client_secret_post", "private_key_jwt"] as const)("authenticates at the token endpoint by %s", async (method) => {
    const jwk = { ...(await exportJWK(createPublicKey(client.key))), kid: "k1", alg: "PS256", use: "sig" };
    const keys = method === "private_key_jwt" ? { jwks: { keys: [jwk] } } : {};
    await withBank(
      { auth: { method, ...keys } },
      async (bench) => expect(await listed(bench, await bench.grant(bench.person([account()])))).toBe(1),
      (connection) => ({
        ...connection,
        sign: method === "private_key_jwt" ? { ...client, keyId: "k1" } : null,
        profile: { signing: { enabled: false } },
      }),
    );
  });

  it("authenticates by its certificate alone, and tells a refused client from a refused token", async () => {
    const tlsSubjectDn = "CN=hub, organizationIdentifier=PSDPL-KNF-1, O=Hub, C=PL";
    const refused = (change: typeof withTls) => async (bench: Bench) => {
      const { opened } = await bench.open();
      const memory = JSON.parse(opened.handle.data.reveal()) as object;
      const handle = { accessExpiresAt: null, data: new Secret(JSON.stringify({ ...memory, refreshToken: "stale" })) };
      const error = await bankErrorOf(bench.connector.refresh(handle, bench.signal));
      expect(error.failure).toBe(change === withTls ? "CONSENT_INVALID" : "TPP_NOT_ACCEPTED");
    };
    const auth = { method: "tls_client_auth" as const, clientId: "PSDPL-KNF-1", tlsSubjectDn };
    await withBank({ tls, auth }, refused(withTls), withTls);
    const other = (connection: BankConnection) => ({
      ...connection,
      tls: { ...ca.issue({ subject: { CN: "x" }, use: "client" }), ca: ca.cert },
    });
    await withBank({ tls, auth }, refused(other), other);
  });
});
