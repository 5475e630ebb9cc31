import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { BankError } from "../../../src/domain/failure.ts";
import { handleOf, withScript, type Scripted } from "../../contracts/connector-scripted-bank.ts";
import type { Random } from "../random.ts";

/** A bank's answer as it travels in an input: what the server sends, byte for byte. */
interface Sent {
  readonly call: "accounts" | "balances" | "transactions" | "state" | "refresh";
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface BankUnderFire extends AsyncDisposable {
  /** An input: a bank's answer to one call, spoiled. */
  make(random: Random): string;
  /** @returns what is wrong with what the connector made of it: anything but facts or a BankError */
  play(input: string): Promise<string | null>;
}

const SAMPLES = [
  '{"accounts":[{"resourceId":"1","iban":"DE89370400440532013000","currency":"EUR","name":"Giro","cashAccountType":"CACC","balances":[{"balanceType":"interimAvailable","balanceAmount":{"currency":"EUR","amount":"12.30"}}],"_links":{"transactions":{"href":"/v1/accounts/1/transactions"}}}]}',
  '{"account":{"iban":"DE89370400440532013000"},"balances":[{"balanceType":"closingBooked","balanceAmount":{"currency":"EUR","amount":"500.00"},"referenceDate":"2026-10-25","lastChangeDateTime":"2026-10-25T10:00:00Z"}]}',
  '{"account":{"iban":"DE89370400440532013000"},"transactions":{"booked":[{"transactionId":"t1","entryReference":"e1","bookingDate":"2026-10-25","valueDate":"2026-10-26","transactionAmount":{"currency":"EUR","amount":"-256.67"},"creditorName":"Shop","creditorAccount":{"iban":"NL91ABNA0417164300"},"remittanceInformationUnstructured":"Example","currencyExchange":[{"sourceCurrency":"USD","exchangeRate":"1.1"}],"balanceAfterTransaction":{"balanceType":"interimBooked","balanceAmount":{"currency":"EUR","amount":"1.00"}}}],"pending":[{"transactionAmount":{"currency":"EUR","amount":"1"}}],"_links":{"next":{"href":"/psd2/v1/accounts/1/transactions?page=2"}}}}',
  '{"consentStatus":"valid","scaStatus":"finalised"}',
  '{"access_token":"a","refresh_token":"b","token_type":"Bearer","expires_in":3600}',
  '{"tppMessages":[{"category":"ERROR","code":"CONSENT_EXPIRED","text":"x"}]}',
  '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id><Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-01</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>',
]; // prettier-ignore
const ODD = ["null", "[]", "{}", '""', "-0", "1e400", "99999999999999999999.99", '"NaN"', "true", '"2026-02-30"', '"\\u0000"', '{"href":"//evil.example/x"}', '{"href":"file:///etc/passwd"}', '{"__proto__":{"x":1}}', "[[[[[[]]]]]]", '"€"'] as const; // prettier-ignore

/** One connector of each kind of answer, on a server that answers with whatever the input says. */
export async function startBankUnderFire(): Promise<BankUnderFire> {
  let current: Sent = { call: "accounts", status: 200, type: "application/json", body: "{}" };
  const script = (): Scripted => ({ status: current.status, headers: { "content-type": current.type }, body: current.body });
  let stop = (): void => undefined;
  const stopped = new Promise<void>((done) => (stop = done));
  let play: BankUnderFire["play"] = async () => null;
  const ready = new Promise<void>((started) => {
    void withScript(script, {}, async ({ connector, origin }) => {
      const handle = handleOf({ accessToken: "token", refreshToken: "refresh", tokenUrl: `${origin}/token` });
      const call = { handle, psu: null };
      const account = { resourceId: "1", connectorData: null, currency: "EUR" };
      const request = { account, from: null, to: null, cursor: null, entryReferenceFrom: null };
      const calls: Readonly<Record<Sent["call"], (signal: AbortSignal) => Promise<unknown>>> = {
        accounts: (signal) => connector.accounts(call, signal),
        balances: (signal) => connector.balances(call, account, signal),
        transactions: (signal) => connector.transactions(call, request, signal),
        state: (signal) => connector.grantState(call, signal),
        refresh: (signal) => connector.refresh(handle, signal),
      };
      play = async (input) => {
        try {
          current = JSON.parse(input) as Sent;
        } catch {
          return null; // shrunk to no input
        }
        try {
          await calls[current.call]?.(AbortSignal.timeout(20_000));
          return null;
        } catch (error) {
          return error instanceof BankError ? null : `${current.call}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
        }
      };
      started();
      await stopped;
    });
  }); // prettier-ignore
  await ready;
  return {
    make(random) {
      const body = spoil(random, random.chance(0.8) ? (SAMPLES[random.below(SAMPLES.length)] ?? "") : recorded(random));
      const sent: Sent = {
        call: random.pick(["accounts", "balances", "transactions", "transactions", "state", "refresh"]),
        status: random.chance(0.8) ? 200 : random.pick([201, 204, 301, 400, 401, 403, 404, 406, 409, 415, 418, 429, 500, 502, 503]),
        type: random.chance(0.85) ? "application/json" : random.pick(["application/xml", "text/html", "text/plain", "application/problem+json", "application/json;charset=latin1", "x"]), // prettier-ignore
        body,
      };
      return JSON.stringify(sent);
    },
    play: (input) => play(input),
    async [Symbol.asyncDispose]() {
      stop();
    },
  };
}

function spoil(random: Random, text: string): string {
  let spoiled = text;
  for (let count = random.below(4); count > 0; count--) {
    const values = [...spoiled.matchAll(/"(?:\\.|[^"\\])*"|-?\d[\d.]*|true|false|null|[{}[\]]/g)];
    const found = values[random.below(values.length)];
    if (!found) break;
    const replacement = random.chance(0.7) ? random.pick(ODD) : random.chance(0.5) ? "" : found[0].repeat(2);
    spoiled = spoiled.slice(0, found.index) + replacement + spoiled.slice(found.index + found[0].length);
  }
  return random.chance(0.05) ? spoiled.slice(0, random.below(spoiled.length + 1)) : spoiled;
}

const folder = new URL("../../fixtures/berlin-group/", import.meta.url).pathname;
let recordings: readonly string[] | null = null;
function recorded(random: Random): string {
  recordings ??= readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  return recordings[random.below(recordings.length)] ?? "{}";
}
