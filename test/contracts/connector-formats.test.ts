import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseBanks } from "../../src/banks/load.ts";
import { createBerlinGroupConnector } from "../../src/connectors/berlin-group/index.ts";
import type { Connector, TransactionPage, TransactionsRequest } from "../../src/connectors/connector.ts";
import { startBerlinGroupBank } from "../../src/sandbox/berlin-group/bank.ts";
import type { BerlinGroupBankOptions } from "../../src/sandbox/berlin-group/options.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import { SandboxClock } from "../../src/sandbox/ledger/clock.ts";
import { seededLedger } from "../../src/sandbox/ledger/seed.ts";
import { Bench, bankErrorOf, PSU } from "./connector-bench.ts";
import { benches } from "./connector-benches.ts";
import { handleOf, withScript, type Received, type Script } from "./connector-scripted-bank.ts";

const signal = new AbortController().signal;
const file = (name: string) => readFileSync(new URL(`../fixtures/berlin-group/camt/${name}`, import.meta.url));
const iban = "DE89370400440532013000";
const memory = {
  v: 1,
  card: false,
  balances: null,
  transactions: null,
  debitAccounting: null,
  onlyCurrency: null,
  owners: [],
  person: null,
};
const account = { resourceId: "a-1", connectorData: JSON.stringify({ ...memory, iban }), currency: "EUR" };
const list: TransactionsRequest = { account, from: "2026-11-01", to: null, cursor: null, entryReferenceFrom: null };
const xml = (body: string | Buffer, status = 200) => ({ status, headers: { "content-type": "application/xml" }, body });
const camt = (entries: string, message = "BkToCstmrAcctRpt", part = "Rpt") =>
  `<Document><${message}><GrpHdr/><${part}><Id>1</Id>${entries}</${part}></${message}></Document>`;
const entry = (id: string, more = "") =>
  `<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>${id}</AcctSvcrRef>${more}</Ntry>`;

const page = (connector: Connector, cursor: string | null = null): Promise<TransactionPage> =>
  connector.transactions({ handle: handleOf(), psu: PSU }, { ...list, cursor }, signal);
const answers = (script: Script, run: (connector: Connector, received: readonly Received[]) => Promise<void>, profile = {}) =>
  withScript(script, profile, ({ connector, received }) => run(connector, received));

describe("camt", () => {
  it("052.001.02 with prefixes, in ISO-8859-1, is read to unified rows", () =>
    answers(
      () => xml(file("camt.052.001.02.xml")),
      async (connector) => {
        const { rows, quarantined, pendingUnknown, complete, next } = await page(connector);
        expect({ quarantined, pendingUnknown, complete, next }).toEqual({
          quarantined: [],
          pendingUnknown: false,
          complete: true,
          next: null,
        });
        expect(rows[0]).toEqual({
          status: "BOOKED",
          amount: "-256.67",
          currency: "EUR",
          bookingDate: "2026-11-20",
          valueDate: "2026-11-21",
          transactionDate: null,
          description: "Stadtwerke München & Co",
          counterpartyName: "Stadtwerke München & Co",
          counterpartyIban: "DE02120300000000202051",
          counterpartyAccount: null,
          counterpartyBic: "BYLADEM1001",
          remittance: ["Rechnung 4711", "Kunde <12>"],
          structuredReference: "RF18539007547034",
          bankTransactionCode: "PMNT-ICDT-ESCT",
          merchantCategoryCode: null,
          endToEndId: "E2E-1",
          mandateId: "M-1",
          exchangeAmount: null,
          exchangeCurrency: null,
          exchangeRate: null,
          balanceAfterAmount: null,
          balanceAfterCurrency: null,
          bankTransactionId: null,
          entryReference: "2026112012345600000",
        });
        // A reversal has its own direction, and no id of the payment that it takes back; a running number is no reference.
        expect(rows[1]).toMatchObject({
          amount: "1234.50",
          bookingDate: "2026-11-20",
          bankTransactionId: null,
          entryReference: null,
          endToEndId: null,
        });
        expect(rows[2]).toMatchObject({
          amount: "-30.00",
          entryReference: "BATCH-7",
          remittance: ["Lohn Erster", "Lohn Zweiter"],
          endToEndId: null,
        });
        expect(rows[3]).toMatchObject({
          status: "PENDING",
          amount: "-4.20",
          bookingDate: null,
          valueDate: "2026-11-24",
          description: "Bäckerei",
        });
        expect(rows).toHaveLength(4);
      },
    ));

  it("053.001.08 is read without the statements of other accounts, and tells that pending rows are unknown", () =>
    answers(
      () => xml(file("camt.053.001.08.xml")),
      async (connector) => {
        const { rows, pendingUnknown, complete } = await page(connector);
        expect({ pendingUnknown, complete }).toEqual({ pendingUnknown: true, complete: true });
        expect(rows).toHaveLength(2);
        expect(rows[0]).toMatchObject({
          ...{ amount: "-91.50", bookingDate: "2026-11-19", transactionDate: "2026-11-18", bankTransactionId: "TX-1" },
          ...{ entryReference: "NR-2026-11-19-0007", bankTransactionCode: "PMNT-CCRD-POSD", remittance: ["Order <7> &amp; thanks"] },
          ...{ counterpartyName: "SHOP INC", counterpartyAccount: "US-777", counterpartyBic: "CHASUS33XXX" },
          ...{ exchangeAmount: "-100.00", exchangeCurrency: "USD", exchangeRate: "1.0929" },
        });
        expect(rows[1]).toMatchObject({ amount: "12.00", counterpartyName: "Zinsbank" });
      },
    ));

  it.each<[string, string, readonly string[]]>([
    ["without entries", camt(""), []],
    ["without the wrapper", camt(entry("a")).replace(/<\/?Document>/g, ""), ["BOOKED a"]],
    ["of an old version's name", camt(entry("a")).replaceAll("BkToCstmrAcctRpt", "BkToCstmrAcctRptV01"), ["BOOKED a"]],
    ["with a status of the bank's own", camt(entry("a", "<Sts><Prtry>PDNG</Prtry></Sts>")), ["PENDING a"]],
    ["with an entry of the future", camt(entry("a", "<Sts><Cd>FUTR</Cd></Sts>")), ["PENDING a"]],
    ["with a minus beside DBIT", camt(entry("a").replace("1.00", "-1.00")), ["BOOKED a"]],
    ["in two reports", camt(`${entry("a")}</Rpt><Rpt><Id>2</Id>${entry("b")}`), ["BOOKED a", "BOOKED b"]],
  ])("%s is read", (_name, body, expected) =>
    answers(
      () => xml(body),
      async (connector) => {
        const { rows } = await page(connector);
        expect(rows.map(({ status, entryReference }) => `${status} ${String(entryReference)}`)).toEqual(expected);
        expect(rows.every(({ amount }) => amount === "-1.00")).toBe(true);
      },
    ),
  );

  it("with an entry that cannot be read keeps the others, and names the place", () =>
    answers(
      () => xml(camt(entry("a") + entry("b").replace("DBIT", "") + entry("c").replace("1.00", "1,000"))),
      async (connector) => {
        const { rows, quarantined } = await page(connector);
        expect(rows).toHaveLength(1);
        expect(quarantined.map(({ reason }) => reason)).toEqual([
          "Rpt[0].Ntry[1].CdtDbtInd: missing",
          "Rpt[0].Ntry[2].transactionAmount.amount: expected a decimal, got a text",
        ]);
        expect(quarantined[0]?.raw).toContain('"AcctSvcrRef":"b"');
      },
    ));

  it("that says it is not the last page is no complete list", () =>
    answers(
      () => xml(camt(`<RptPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></RptPgntn>${entry("a")}`)),
      async (connector) => expect((await page(connector)).complete).toBe(false),
    ));

  it.each([
    ["HTML", "<html><body>Wartung</body></html>"],
    ["HTML with a DOCTYPE", "<!DOCTYPE html><html></html>"],
    ["an entity bomb", `<!DOCTYPE D [<!ENTITY a "aa">]>${camt(entry("&a;"))}`],
    ["other XML", "<Document><CstmrPmtStsRpt><A/></CstmrPmtStsRpt></Document>"],
    ["a document that breaks off", camt(entry("a")).slice(0, -30)],
    ["a message without a report", "<Document><BkToCstmrAcctRpt><GrpHdr><A>1</A></GrpHdr></BkToCstmrAcctRpt></Document>"],
    ["a report of another account", camt(`<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>${entry("a")}`)],
  ])("is never taken for an empty list where it is %s", (_name, body) =>
    answers(
      () => xml(body),
      async (connector) => {
        const error = await bankErrorOf(page(connector));
        expect([error.failure, error.code]).toEqual(["PROTOCOL", "BANK_BAD_RESPONSE"]);
      },
    ),
  );
});

describe("the format of transactions", () => {
  const strict: Script = ({ headers }) =>
    headers.accept === "application/xml"
      ? xml(camt(entry("a")))
      : { status: 406, body: { tppMessages: [{ code: "REQUESTED_FORMATS_INVALID" }] } };
  const accepts = (received: readonly Received[]) => received.map(({ headers }) => headers.accept);

  it("is learned where the bank refuses JSON, once", () =>
    answers(strict, async (connector, received) => {
      expect((await page(connector)).rows).toHaveLength(1);
      expect((await page(connector)).rows).toHaveLength(1);
      expect(accepts(received)).toEqual(["application/json", "application/xml", "application/xml"]);
    }));

  it("of a card is JSON, whatever the bank has for accounts", () =>
    answers(
      (got, origin) => (got.path.includes("card-accounts") ? { body: { cardTransactions: { booked: [] } } } : strict(got, origin)),
      async (connector, received) => {
        await page(connector);
        const card = { ...account, connectorData: JSON.stringify({ ...memory, iban: null, card: true }) };
        await connector.transactions({ handle: handleOf(), psu: PSU }, { ...list, account: card }, signal);
        expect(accepts(received)).toEqual(["application/json", "application/xml", "application/json"]);
      },
    ));

  it.each<[object, string]>([
    [{ format: "camt.052" }, "application/xml"],
    [{ format: "camt.053", acceptHeader: "application/xml;version=053" }, "application/xml;version=053"],
    [{ format: "json" }, "application/json"],
  ])("is asked for as the profile says: %j", (transactions, accept) =>
    answers(
      () => xml(camt(entry("a"))),
      async (connector, received) => {
        expect((await page(connector)).rows).toHaveLength(1);
        expect(accepts(received)).toEqual([accept]);
      },
      { transactions },
    ),
  );

  it("that the profile insists on and the bank refuses is an error, not a guess", () =>
    answers(
      strict,
      async (connector, received) => {
        expect(await bankErrorOf(page(connector))).toMatchObject({ failure: "NOT_SUPPORTED", bankCode: "REQUESTED_FORMATS_INVALID" });
        expect(received).toHaveLength(1);
      },
      { transactions: { format: "json" } },
    ));

  it.each([
    ["MT940", ":20:STARTUMSE\r\n:25:10099900/1"],
    ["MT940", "{1:F01XXXX}"],
    ["ZIP", "PK\u0003\u0004…"],
  ])("%s is refused by name, with the option that chooses another", (name, body) =>
    answers(
      () => ({ headers: { "content-type": "text/plain" }, body }),
      async (connector, received) => {
        const error = await bankErrorOf(page(connector));
        expect(error).toMatchObject({ failure: "NOT_SUPPORTED", bankCode: `${name}: profile.transactions.format` });
        expect(received).toHaveLength(1);
      },
    ),
  );
});

describe("a report that is fetched later", () => {
  const link = { _links: { download: { href: "/psd2/v1/accounts/a-1/transactions/download/7" } } };

  it.each([
    ["202 without a body", 202, ""],
    ["404", 404, ""],
    ["404 with a code", 404, { tppMessages: [{ code: "RESOURCE_UNKNOWN" }] }],
  ])("is asked for again while the bank answers %s, under the same cursor", (_name, status, body) => {
    let ready = false;
    const script: Script = ({ path }) => {
      if (!path.endsWith("/7")) return { body: { transactions: {}, ...link } };
      return ready ? xml(camt(entry("a"))) : { status, body };
    };
    return answers(script, async (connector, received) => {
      const first = await page(connector);
      expect([first.rows.length, first.next === null]).toEqual([0, false]);
      const waiting = await page(connector, first.next);
      expect([waiting.rows.length, waiting.next]).toEqual([0, first.next]);
      ready = true;
      const last = await page(connector, waiting.next);
      expect([last.rows.length, last.next]).toEqual([1, null]);
      expect(received.slice(1).map(({ path, headers }) => [path, headers.accept, headers["consent-id"]])).toEqual(
        Array(2).fill(["/psd2/v1/accounts/a-1/transactions/download/7", "application/xml", "c-1"]),
      );
    });
  });

  it("is found where the answer has nothing but the link", () =>
    answers(
      ({ path }) => (path.endsWith("/7") ? { body: { transactions: { booked: [] } } } : { body: link }),
      async (connector) => expect((await page(connector, (await page(connector)).next)).next).toBeNull(),
    ));

  it("may be promised by 202 alone: the question is asked again", () => {
    let calls = 0;
    return answers(
      () => ((calls += 1) === 1 ? { status: 202 } : { body: { transactions: { booked: [] } } }),
      async (connector) => {
        const first = await page(connector);
        expect([first.rows.length, first.next === null]).toEqual([0, false]);
        expect((await page(connector, first.next)).next).toBeNull();
      },
    );
  });

  it("is never fetched from another host", () =>
    answers(
      () => ({ body: { transactions: {}, _links: { download: { href: "https://evil.example/v1/x" } } } }),
      async (connector) => expect((await bankErrorOf(page(connector))).failure).toBe("PROTOCOL"),
    ));
});

describe("one ledger in three formats", () => {
  const formats = [
    { transactionFormats: ["json"] },
    { transactionFormats: ["camt.052"], camtVersion: "02" },
    { transactionFormats: ["camt.052"], camtVersion: "08" },
    { transactionFormats: ["camt.053"] },
  ] as const satisfies readonly BerlinGroupBankOptions[];
  const open: (SandboxBank | Connector)[] = [];
  const read: TransactionPage["rows"][] = [];

  beforeAll(async () => {
    const clock = new SandboxClock();
    const ledger = seededLedger(clock, { country: "DE", bic: "SBNKDEBBXXX", bankCode: "10099900", businessCount: 1 });
    for (const options of formats) {
      const bank = await startBerlinGroupBank({ ...options, ledger, sca: "redirect" });
      const [one] = parseBanks([bank.entry], "test", { environment: "SANDBOX", unattendedCallsPerDay: 4 });
      if (!one) throw new Error("no bank");
      const connector = createBerlinGroupConnector(one, { clock: { now: () => clock.nowMs() } });
      open.push(connector, bank);
      const bench = new Bench({ bank, connector, clock: { now: () => clock.nowMs() }, setup: benches.BERLIN_GROUP });
      const handle = await bench.grant("demo");
      const { accounts } = await connector.accounts({ handle, psu: PSU }, signal);
      const current = accounts.find(({ type }) => type === "CURRENT");
      if (!current) throw new Error("no account");
      read.push((await bench.pages(handle, current)).rows);
    }
  });
  afterAll(async () => {
    for (const one of open) await ("close" in one ? one.close() : one[Symbol.asyncDispose]());
  });

  /** Without what only one of the formats can say: balances after a row, the foreign amount, and the words made from free text. */
  const comparable = (rows: TransactionPage["rows"], status?: string) =>
    rows
      .filter((row) => status === undefined || row.status === status)
      .map((row) => ({ ...row, balanceAfterAmount: null, balanceAfterCurrency: null, exchangeAmount: null, description: "" }))
      .map((row) => JSON.stringify(row, Object.keys(row).sort()))
      .sort();

  it("gives the same rows, whatever the version", () => {
    const [json = [], old = [], recent = []] = read;
    expect(json.length).toBeGreaterThan(50);
    expect(json.some(({ status }) => status === "PENDING")).toBe(true);
    expect(comparable(old)).toEqual(comparable(json));
    expect(comparable(recent)).toEqual(comparable(json));
  });

  it("gives the booked ones of them by statement", () => {
    expect(comparable(read[3] ?? [])).toEqual(comparable(read[0] ?? [], "BOOKED"));
  });
});
