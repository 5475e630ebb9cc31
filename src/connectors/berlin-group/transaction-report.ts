import { BankError } from "../../domain/failure.ts";
import type { TransactionFacts } from "../../domain/transaction.ts";
import type { BankAccountRef, QuarantinedRow } from "../connector.ts";
import { unreadable } from "../kit/failures.ts";
import { objectOf } from "../kit/json-answer.ts";
import { foundIn } from "../kit/field-patterns.ts";
import { hrefOf, linkOf } from "../kit/links.ts";
import { BadRow, flagOf, kindOf, listOf, rowOf, textOf, type Row } from "../kit/wire.ts";
import { startsLikeXml } from "../kit/xml.ts";
import { readAccountMemory, readingOf } from "./account-memory.ts";
import { readCamt } from "./camt/document.ts";
import { entryRow } from "./camt/entry-row.ts";
import type { RawAnswer, Xs2aClient } from "./client.ts";
import { reasonOf } from "./fetch-accounts.ts";
import { normaliseTransaction, type RowContext } from "./normalise-transaction.ts";
import type { Leg } from "./page-cursor.ts";

export interface Report {
  readonly rows: readonly TransactionFacts[];
  readonly quarantined: readonly QuarantinedRow[];
  /** As the bank sent it. */
  readonly next: string | null;
  /** Where the report itself is to be fetched from, when it is ready; only with no rows. */
  readonly download: string | null;
  /** The format lists booked rows only. */
  readonly bookedOnly: boolean;
  /** False where the bank says itself that something is missing. */
  readonly complete: boolean;
}

/**
 * The rows of one answer of `/transactions`, JSON or camt: the first bytes decide which. A list that is not there is an error, never "no
 * transactions".
 * @throws BankError PROTOCOL; NOT_SUPPORTED for MT940/942 and ZIP, naming the option
 */
export function readReport(client: Xs2aClient, answer: RawAnswer, of: BankAccountRef, asked: Leg["bookingStatus"]): Report {
  const about = { account: readAccountMemory(of.connectorData), currency: of.currency };
  if (startsLikeXml(answer.bytes)) return camtReport(client, answer, about, asked);
  if (/^(?:\s*(?:\{1:|:20:)|PK\u0003\u0004)/.test(answer.text))
    throw new BankError("NOT_SUPPORTED", "BANK_BAD_RESPONSE", "MT940/942 and ZIP are not read: ask for JSON or camt", {
      bankCode: `${answer.text.startsWith("PK") ? "ZIP" : "MT940"}: profile.transactions.format`,
      supportReference: answer.requestId,
    });
  return jsonReport(client, objectOf(answer, answer.requestId), about, asked, answer.requestId);
}

type About = Pick<RowContext, "account" | "currency">;

function camtReport(client: Xs2aClient, answer: RawAnswer, about: About, asked: Leg["bookingStatus"]): Report {
  const { account } = about;
  const { entries, bookedOnly, lastPage } = readCamt(answer, { iban: account.iban, asked, requestId: answer.requestId });
  const { profile } = client;
  // The direction is said in words: whatever holds for the signs of the bank's JSON does not hold here.
  const signs = { ...profile, amounts: { ...profile.amounts, signRule: "signed" as const } };
  const context = { ...about, reading: { ...readingOf(client, account, false), debitsPositive: false }, profile: signs };
  const read = readRows(
    client,
    entries.map(({ status, path, entry }) => ({ item: entry, path, status, row: () => entryRow(entry) })),
    context,
  );
  return { ...read, next: null, download: null, bookedOnly, complete: lastPage };
}

function jsonReport(client: Xs2aClient, body: Row, about: About, asked: Leg["bookingStatus"], requestId: string): Report {
  const name = body["transactions"] === undefined && body["cardTransactions"] !== undefined ? "cardTransactions" : "transactions";
  const report = body[name];
  const row = rowOf(report);
  const file = linkOf(body, "download") ?? linkOf(row, "download");
  if (!Array.isArray(report) && !row) {
    if (file === null) throw unreadable(`${name}: expected an object, got ${kindOf(report)}`, requestId);
    return { rows: [], quarantined: [], next: null, download: file, bookedOnly: false, complete: true };
  }
  const isPlainList = Array.isArray(report) && !(row && ("booked" in row || "pending" in row));
  const lists = isPlainList ? plainList(report, asked) : bothLists(row ?? {}, name);
  const { profile } = client;
  const context = { ...about, reading: readingOf(client, about.account, flagOf(body["debitAccounting"])), profile };
  const items = lists.flatMap(({ status, path, items: list }) =>
    list.map((item, index): Item => {
      return { item, path: `${path}[${String(index)}]`, status: statusOf(item, status, isPlainList), row: () => item };
    }),
  );
  const download = items.length === 0 ? file : null;
  return { ...readRows(client, items, context), next: nextOf(isPlainList ? null : row, body), download, bookedOnly: false, complete: true };
}

interface Item {
  /** As it came, for the quarantine. */
  readonly item: unknown;
  readonly path: string;
  readonly status: "BOOKED" | "PENDING";
  /** @throws BadRow */
  readonly row: () => unknown;
}

function readRows(client: Xs2aClient, items: readonly Item[], context: Omit<RowContext, "status">): Pick<Report, "rows" | "quarantined"> {
  const left = client.profile.filters.transactions;
  const { onlyCurrency } = context.reading;
  const rows: TransactionFacts[] = [];
  const quarantined: QuarantinedRow[] = [];
  for (const { item, path, status, row } of items) {
    try {
      const said = row();
      const wire = rowOf(said);
      if (wire && foundIn(wire, left)) continue;
      const facts = normaliseTransaction(said, { ...context, status });
      if (onlyCurrency === null || facts.currency === onlyCurrency) rows.push(facts);
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      quarantined.push({ reason: reasonOf(path, error), raw: JSON.stringify(item) ?? "null" });
    }
  }
  return { rows, quarantined };
}

interface List {
  readonly status: "BOOKED" | "PENDING";
  readonly path: string;
  readonly items: readonly unknown[];
}

/** `information` (standing orders) is no money that moved. */
function bothLists(report: Row, name: string): readonly List[] {
  return [
    { status: "BOOKED", path: `${name}.booked`, items: listOf(report["booked"]) },
    { status: "PENDING", path: `${name}.pending`, items: listOf(report["pending"]) },
  ];
}

function plainList(items: readonly unknown[], asked: Leg["bookingStatus"]): readonly List[] {
  return [{ status: asked === "pending" ? "PENDING" : "BOOKED", path: "transactions", items }];
}

function statusOf(item: unknown, list: List["status"], isPlainList: boolean): List["status"] {
  if (!isPlainList) return list;
  const said = textOf(rowOf(item)?.["status"] ?? rowOf(item)?.["bookingStatus"])?.toUpperCase() ?? "";
  return /^(PENDING|PDNG)/.test(said) ? "PENDING" : /^BOOK/.test(said) ? "BOOKED" : list;
}

function nextOf(report: Row | null, body: Row): string | null {
  return linkOf(report, "next", "nextPage") ?? hrefOf(report?.["nextPage"]) ?? linkOf(body, "next", "nextPage");
}
