import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseBanks } from "../../src/banks/load.ts";
import { createStetConnector } from "../../src/connectors/stet/index.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import { startStetBank } from "../../src/sandbox/stet/bank.ts";
import type { StetBankOptions } from "../../src/sandbox/stet/options.ts";
import { ALL_SCOPES, Bench, bankErrorOf, iban, PSU } from "../contracts/connector-bench.ts";
import { benches } from "../contracts/connector-benches.ts";
import { handleOf, NOW, withScript } from "./scripted-bank.ts";

const signal = new AbortController().signal;

/** A bench at a sandbox bank with these options; the profile is that of the bank's entry, with changes. */
async function bench(bank: SandboxBank, profile: Record<string, unknown> = {}): Promise<Bench> {
  const entry = { ...bank.entry, profile: { ...bank.entry.profile, ...profile } };
  const [read] = parseBanks([entry], "the sandbox bank", { environment: "SANDBOX", unattendedCallsPerDay: 4 });
  if (!read) throw new Error("no entry");
  const clock = { now: () => bank.clock.nowMs() };
  return new Bench({ bank, connector: createStetConnector(read, { clock }), clock, setup: benches.STET });
}
const people = (b: Bench, count = 2) =>
  b.person(Array.from({ length: count }, (_, n) => ({ id: `m-${iban()}`, iban: iban(), name: `Compte ${String(n)}` })));
const access = async (b: Bench, handle: Awaited<ReturnType<Bench["grant"]>>, psu: typeof PSU | null = PSU) => {
  const { accounts } = await b.connector.accounts({ handle, psu }, signal);
  return accounts.map(({ mayReadBalances, mayReadTransactions }) => `${mayReadBalances ? "b" : "-"}${mayReadTransactions ? "t" : "-"}`);
};
const puts = (b: Bench) => b.bank.admin.requests("consents").map(({ status }) => status);

describe.each<[string, StetBankOptions]>([
  ["1.4.2", { version: "1.4.2" }],
  ["1.5", { version: "1.5", accountPageSize: 1 }],
  ["1.5 without a revocation endpoint", { revocation: false }],
])("the mixed consent at a bank of %s", (name, options) => {
  let bank: SandboxBank;
  beforeAll(async () => {
    bank = await startStetBank({ businessCount: 1, consentModel: "mixed", ...options });
  });
  afterAll(() => bank[Symbol.asyncDispose]());

  it("is sent for what was asked, and no more", async () => {
    const b = await bench(bank);
    const user = people(b);
    bank.admin.clearRequests();
    expect(await access(b, await b.grant(user, ["ACCOUNTS", "BALANCES"]))).toEqual(["b-", "b-"]);
    expect(await access(b, await b.grant(user))).toEqual(["bt", "bt"]);
    // A bank of 1.4 refuses the field `owners`, and is asked again without it.
    expect(puts(b)).toEqual(name === "1.4.2" ? [400, 201, 400, 201] : [201, 201]);
  });

  it("is renewed without the old grant taking the new one along", async () => {
    const b = await bench(bank);
    const user = people(b);
    const old = await b.grant(user);
    const { returned } = await b.open();
    const again = await b.connector.openGrant(
      { ...returned, scopes: ALL_SCOPES, psuType: "PERSONAL", validUntil: "2099-01-01", renews: old },
      signal,
    );
    expect(again.sameGrant).toBe(options.revocation === false);
    const parameters = await b.decide(again.authorizationUrl, user);
    const done = await b.connector.completeGrant({ ...returned, handle: again.handle, parameters }, signal);
    if (done.outcome !== "GIVEN") throw new Error(done.outcome);
    if (again.sameGrant !== true) await b.connector.revoke({ handle: old, psu: null }, signal);
    expect(await access(b, done.handle)).toEqual(["bt", "bt"]);
    // Without a revocation endpoint the renewed grant must know that there is a consent to empty.
    expect(await b.connector.revoke({ handle: done.handle, psu: null }, signal)).toBe("DONE");
    expect(await b.connector.grantState({ handle: done.handle, psu: null }, signal)).toEqual({ status: "REVOKED" });
  });

  it("is ended at the bank", async () => {
    const b = await bench(bank);
    const handle = await b.grant(people(b));
    expect(await b.connector.revoke({ handle, psu: null }, signal)).toBe("DONE");
    expect(await b.connector.grantState({ handle, psu: null }, signal)).toEqual({ status: "REVOKED" });
  });

  it("takes a new account in while the person is there, where the profile lets it", async () => {
    const b = await bench(bank);
    const [one, two] = [iban(), iban()];
    const user = b.person([{ id: `n-${one}`, iban: one }]);
    const handle = await b.grant(user);
    const person = {
      fullName: "P",
      name: user,
      accounts: [
        { id: `n-${one}`, iban: one },
        { id: `n-${two}`, iban: two },
      ],
    };
    bank.admin.addUser(person);
    expect(await access(b, handle, null)).toEqual(["bt", "--"]);
    expect(await access(b, handle)).toEqual(["bt", "bt"]);
    const never = await bench(bank, { consent: { newAccounts: false } });
    bank.admin.addUser({ ...person, accounts: [...person.accounts, { id: `n3-${one}`, iban: iban() }] });
    expect(await access(never, handle)).toEqual(["bt", "bt", "--"]);
  });
});

describe("a grant", () => {
  it("is kept while the bank cannot take the consent, and given once it can, with a token that is refreshed meanwhile", async () => {
    await using bank = await startStetBank({ businessCount: 1, consentModel: "mixed", accessTokenTtl: 60 });
    const b = await bench(bank);
    const user = people(b);
    const { opened, returned } = await b.open();
    const parameters = await b.decide(opened.authorizationUrl, user);
    bank.admin.setFault({ kind: "http-503", operation: "consents", count: null });
    const waiting = await b.connector.completeGrant({ ...returned, parameters }, signal);
    if (waiting.outcome !== "PENDING") throw new Error(waiting.outcome);
    bank.admin.clearFaults();
    bank.clock.advance("PT5M");
    const done = await b.connector.completeGrant({ ...returned, handle: waiting.handle, parameters: {} }, signal);
    if (done.outcome !== "GIVEN") throw new Error(done.outcome);
    expect(await access(b, done.handle)).toEqual(["bt", "bt"]);
  });

  it("refused before its time was taken back, refused after it has expired", async () => {
    await using bank = await startStetBank({ businessCount: 1 });
    const b = await bench(bank);
    const handle = await b.grant(people(b));
    bank.admin.revoke(benches.STET.consentIdOf(handle));
    expect(await bankErrorOf(b.connector.refresh(handle, signal))).toMatchObject({ failure: "CONSENT_INVALID", code: "CONSENT_REVOKED" });
    bank.clock.advance("P200D");
    expect(await bankErrorOf(b.connector.refresh(handle, signal))).toMatchObject({ failure: "CONSENT_INVALID", code: "CONSENT_EXPIRED" });
    expect(await b.connector.grantState({ handle, psu: null }, signal)).toEqual({ status: "EXPIRED" });
  });

  it.each<[string, { status: number; body: unknown }, number | null, string]>([
    ["no content", { status: 204, body: undefined }, null, "GIVEN"],
    ["the code for no eligible account", { status: 404, body: { status: 404, message: "NAAC" } }, null, "GIVEN"],
    ["a dead token before its time", { status: 401, body: {} }, NOW + 60_000, "REVOKED"],
    ["a dead token after its time", { status: 401, body: {} }, NOW - 60_000, "UNKNOWN"],
    ["words about an end", { status: 403, body: { message: "consent expired" } }, null, "EXPIRED"],
    ["no consents", { status: 403, body: { message: "NO_CONSENTS" } }, null, "REVOKED"],
    ["accounts that lost all rights", { status: 200, body: { accounts: [{ resourceId: "1" }] } }, null, "REVOKED"],
  ])("of which the bank says %2$j is %4$s (%1$s)", (_name, answer, accessExpiresAt, status) =>
    withScript(
      () => answer,
      {},
      async ({ connector }) => {
        const handle = handleOf({ consented: ["x"] }, accessExpiresAt);
        expect((await connector.grantState({ handle, psu: null }, signal)).status).toBe(status);
      },
    ),
  );

  it("never gets back by itself an account that the person took away at the bank", () => {
    const iban = "FR7630006000011234567890189";
    const link = { balances: { href: "v1/accounts/2/balances" } };
    const accounts = [
      { resourceId: "1", accountId: { iban }, _links: {} },
      { resourceId: "2", accountId: { iban: "FR1420041010050500013M02606" }, _links: link },
    ];
    return withScript(
      () => ({ body: { accounts } }),
      {},
      async ({ connector, received }) => {
        const handle = handleOf({ consented: [`${iban}||||`, "FR1420041010050500013M02606||||"] });
        expect((await connector.accounts({ handle, psu: PSU }, signal)).accounts.map(({ mayReadBalances }) => mayReadBalances)).toEqual([
          false,
          true,
        ]);
        expect(received.map(({ method }) => method)).toEqual(["GET"]);
      },
    );
  });

  it("without OAuth addresses is an error that names the options", () =>
    withScript(
      () => ({}),
      {},
      async ({ connector }) => {
        const request = { state: "s", codeVerifier: "v", nonce: "n", redirectUri: "https://h/cb", psu: PSU, renews: null };
        const error = await bankErrorOf(
          connector.openGrant({ ...request, scopes: ["ACCOUNTS"], psuType: "PERSONAL", validUntil: "2027-01-01" }, signal),
        );
        expect([error.bankCode, error.message]).toEqual(["NO_OAUTH_URLS", expect.stringContaining("profile.issuer")]);
      },
      { auth: { tokenUrl: null } },
    ));

  it("asks for the long history only where transactions are wanted, and by the entry's scope where it has one", async () => {
    const scopeOf = async (scopes: readonly ("ACCOUNTS" | "TRANSACTIONS")[], scope: string | null) => {
      let asked: string | null = null;
      await withScript(
        () => ({}),
        {},
        async ({ connector }) => {
          const request = { state: "s", codeVerifier: "v", nonce: "n", redirectUri: "https://h/cb", psu: PSU, renews: null };
          const { authorizationUrl } = await connector.openGrant(
            { ...request, scopes, psuType: "PERSONAL", validUntil: "2027-01-01" },
            signal,
          );
          asked = new URL(authorizationUrl).searchParams.get("scope");
        },
        { auth: { scope } },
      );
      return asked;
    };
    expect(await scopeOf(["ACCOUNTS", "TRANSACTIONS"], null)).toBe("aisp extended_transaction_history");
    expect(await scopeOf(["ACCOUNTS"], null)).toBe("aisp");
    expect(await scopeOf(["ACCOUNTS"], "aisp offline_access")).toBe("aisp offline_access");
  });
});
