import { describe, expect, it } from "vitest";
import { parseBanks } from "../../src/banks/load.ts";
import { createPolishApiConnector } from "../../src/connectors/polish-api/index.ts";
import type { Clock } from "../../src/domain/time.ts";
import { startPolishApiBank } from "../../src/sandbox/polish-api/bank.ts";
import type { PolishApiBankOptions } from "../../src/sandbox/polish-api/options.ts";
import { SandboxCa } from "../../src/sandbox/pki/sandbox-ca.ts";
import type { BankEntry, SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import { bankErrorOf, Bench, PSU } from "./connector-bench.ts";
import { benches } from "./connector-benches.ts";

const PL = "PL61109010140000071219812874";

async function atBank(
  options: PolishApiBankOptions,
  run: (bench: Bench, bank: SandboxBank) => Promise<void>,
  more: Partial<BankEntry> = {},
) {
  await using bank = await startPolishApiBank({ businessCount: 1, ...options });
  const [entry] = parseBanks([{ ...bank.entry, ...more }], "entry", { environment: "SANDBOX", unattendedCallsPerDay: 4 });
  if (!entry) throw new Error("no entry");
  const clock: Clock = { now: () => bank.clock.nowMs() };
  const connector = createPolishApiConnector(entry, { clock });
  try {
    await run(new Bench({ bank, connector, clock, setup: benches.POLISH_API }), bank);
  } finally {
    await connector.close();
  }
}

const person = (bench: Bench) => {
  const row = { id: "t-1", amount: "-5.00", enteredAt: bench.ago(2) };
  const accounts = [PL, "PL10105000997603123456789123"].map((iban) => ({ id: `a-${iban}`, iban, currency: "PLN", transactions: [row] }));
  return bench.person(accounts);
};

describe("the way to the accounts", () => {
  it.each<[string, PolishApiBankOptions]>([
    ["3.0 with IBANs", { version: "3.0" }],
    ["2.1.2 with NRBs", { version: "2.1.2", numbers: "nrb" }],
  ])("of the list first and an exchanged token then ends in one consent on all accounts: %s", (_name, options) =>
    atBank({ ...options, flow: "exchange" }, async (bench) => {
      const handle = await bench.grant(person(bench));
      const { accounts } = await bench.connector.accounts({ handle, psu: PSU }, bench.signal);
      expect(accounts.map(({ iban, currency }) => [iban, currency])).toEqual([[PL, "PLN"], ["PL10105000997603123456789123", "PLN"]]); // prettier-ignore
      for (const account of accounts) expect((await bench.pages(handle, account)).rows.map(({ amount }) => amount)).toEqual(["-5.00"]);
      const fresh = await bench.connector.refresh(handle, bench.signal);
      expect(await bench.connector.grantState({ handle: fresh ?? handle, psu: null }, bench.signal)).toMatchObject({ status: "GIVEN" });
      // Both consents are the person's to see at the bank: both end.
      expect(await bench.connector.revoke({ handle: fresh ?? handle, psu: null }, bench.signal)).toBe("DONE");
      expect(bench.bank.admin.requests("consent-delete").map(({ status }) => status)).toEqual([204, 204]);
    }),
  );

  it("of two redirects continues at the bank before the consent is given", () =>
    atBank({ flow: "two-redirects" }, async (bench) => {
      const user = person(bench);
      const { opened, returned } = await bench.open();
      const listed = await bench.connector.completeGrant({ ...returned, parameters: await bench.decide(opened.authorizationUrl, user) }, bench.signal); // prettier-ignore
      if (listed.outcome !== "CONTINUE") throw new Error(`expected CONTINUE, got ${listed.outcome}`);
      expect(await bench.connector.grantState({ handle: listed.handle, psu: null }, bench.signal)).toEqual({ status: "REQUESTED" });
      const parameters = await bench.decide(listed.authorizationUrl, user);
      const done = await bench.connector.completeGrant({ ...returned, handle: listed.handle, parameters }, bench.signal);
      if (done.outcome !== "GIVEN") throw new Error(`expected GIVEN, got ${done.outcome}`);
      expect((await bench.connector.accounts({ handle: done.handle, psu: PSU }, bench.signal)).accounts).toHaveLength(2);
    }));

  it("is not lost over a bank that is down for a moment after the code was used", () =>
    atBank({ flow: "exchange" }, async (bench) => {
      const user = person(bench);
      const { opened, returned } = await bench.open();
      const parameters = await bench.decide(opened.authorizationUrl, user);
      bench.bank.admin.setFault({ kind: "http-503", operation: "account-list", count: null });
      const waiting = await bench.connector.completeGrant({ ...returned, parameters }, bench.signal);
      if (waiting.outcome !== "PENDING") throw new Error(`expected PENDING, got ${waiting.outcome}`);
      bench.bank.admin.clearFaults();
      const done = await bench.connector.completeGrant({ ...returned, handle: waiting.handle, parameters: {} }, bench.signal);
      expect(done.outcome).toBe("GIVEN");
    }));

  it("that the bank does not offer is refused by name", () =>
    atBank({ flow: "exchange", exchangeToken: false }, async (bench) => {
      const error = await bankErrorOf(bench.grant(person(bench)));
      expect([error.failure, error.bankCode]).toEqual(["NOT_SUPPORTED", "NOT_IMPLEMENTED"]);
    }));

  it("ends with the account that the person ticks, and says so to nobody else", () =>
    atBank({}, async (bench) => {
      const { opened, returned } = await bench.open();
      const { actAsPerson } = await import("../../src/sandbox/person.ts");
      const { redirectedTo } = await actAsPerson({ url: opened.authorizationUrl, user: person(bench), accounts: [PL] });
      const parameters = Object.fromEntries(redirectedTo?.searchParams ?? []);
      const done = await bench.connector.completeGrant({ ...returned, parameters }, bench.signal);
      if (done.outcome !== "GIVEN") throw new Error(`expected GIVEN, got ${done.outcome}`);
      const { accounts } = await bench.connector.accounts({ handle: done.handle, psu: PSU }, bench.signal);
      expect(accounts.map(({ iban }) => iban)).toEqual([PL]);
    }));

  it("waits on the bank's own page for a second signature, and then leads back", () =>
    atBank({}, async (bench) => {
      const { actAsPerson } = await import("../../src/sandbox/person.ts");
      const { opened, returned } = await bench.open();
      const user = bench.person([{ id: "a-1", iban: PL, currency: "PLN" }], { needsSecondSignature: true });
      const first = await actAsPerson({ url: opened.authorizationUrl, user });
      expect([first.redirectedTo, first.lastPage.includes("second person")]).toEqual([undefined, true]);
      expect(await bench.connector.grantState({ handle: opened.handle, psu: null }, bench.signal)).toEqual({ status: "REQUESTED" });
      bench.bank.admin.cosign(bench.consentIdOf(opened.handle));
      const { redirectedTo } = await actAsPerson({ url: opened.authorizationUrl, user });
      const parameters = Object.fromEntries(redirectedTo?.searchParams ?? []);
      expect((await bench.connector.completeGrant({ ...returned, parameters }, bench.signal)).outcome).toBe("GIVEN");
    }));
});

describe("an answer", () => {
  it.each(["signature-missing", "signature-wrong"] as const)("with the fault %s is not the bank's word, on data and on tokens", (kind) =>
    atBank({}, async (bench) => {
      const handle = await bench.grant(person(bench));
      const [account] = (await bench.connector.accounts({ handle, psu: PSU }, bench.signal)).accounts;
      if (!account) throw new Error("no account");
      for (const operation of ["transactions", "token"]) bench.bank.admin.setFault({ kind, operation });
      const refused = { failure: "PROTOCOL", code: "BANK_BAD_RESPONSE" };
      expect(await bankErrorOf(bench.pages(handle, account))).toMatchObject(refused);
      expect(await bankErrorOf(bench.connector.refresh(handle, bench.signal))).toMatchObject(refused);
      expect((await bench.pages(handle, account)).rows).toHaveLength(1);
    }),
  );
});

describe("mutual TLS", () => {
  it("opens the bank with the TPP's certificate, and nothing without", async () => {
    const ca = new SandboxCa();
    const server = ca.issue({ subject: { CN: "bank" }, use: "server" });
    const client = ca.issue({ subject: { CN: "tpp" }, use: "client", roles: ["PSP_AI"] });
    const tls = { ...server, clientCa: ca.cert };
    await atBank({ tls }, async (bench) => expect((await bench.open()).opened.authorizationUrl).toMatch(/^https:/), {
      tls: { ...client, ca: ca.cert },
    });
    const stranger = new SandboxCa().issue({ subject: { CN: "tpp" }, use: "client" });
    await atBank({ tls }, async (bench) => expect((await bankErrorOf(bench.open())).failure).toBe("TPP_NOT_ACCEPTED"), {
      tls: { ...stranger, ca: ca.cert },
    });
  });
});
