import type { TransactionFacts } from "../../domain/transaction.ts";
import { BankError } from "../../domain/failure.ts";
import type { QuarantinedRow } from "../connector.ts";
import { readingOf, type AccountMemory } from "./account-memory.ts";
import type { ApiAnswer, Xs2aClient } from "./client.ts";
import { unreadable } from "../kit/failures.ts";
import { reasonOf } from "./fetch-accounts.ts";
import type { Leg } from "./page-cursor.ts";
import { hrefOf, linkOf } from "../kit/links.ts";
import { normaliseTransaction, type RowContext } from "./normalise-transaction.ts";
import { BadRow, flagOf, kindOf, listOf, rowOf, textOf, type Row } from "../kit/wire.ts";

export interface Report {
  readonly rows: readonly TransactionFacts[];
  readonly quarantined: readonly QuarantinedRow[];
  /** As the bank sent it. */
  readonly next: string | null;
}

/**
 * The rows of one answer of `/transactions`. A list that is not there is an error, never "no transactions".
 * @throws BankError PROTOCOL; NOT_SUPPORTED where the bank offers only a file to download
 */
export function readReport(
  client: Xs2aClient,
  { body, requestId }: ApiAnswer,
  account: AccountMemory,
  asked: Leg["bookingStatus"],
): Report {
  const name = body["transactions"] === undefined && body["cardTransactions"] !== undefined ? "cardTransactions" : "transactions";
  const report = body[name];
  const row = rowOf(report);
  if (!Array.isArray(report) && !row) throw unreadable(`${name}: expected an object, got ${kindOf(report)}`, requestId);
  const isPlainList = Array.isArray(report) && !(row && ("booked" in row || "pending" in row));
  const lists = isPlainList ? plainList(report, asked) : bothLists(row ?? {}, name);
  if (lists.every(({ items }) => items.length === 0) && linkOf(body, "download") !== null)
    throw new BankError("NOT_SUPPORTED", "BANK_BAD_RESPONSE", "the bank offers a file to download only", {
      bankCode: "DOWNLOAD_ONLY",
      supportReference: requestId,
    });

  const reading = readingOf(client, account, flagOf(body["debitAccounting"]));
  const rows: TransactionFacts[] = [];
  const quarantined: QuarantinedRow[] = [];
  for (const { status, path, items } of lists) {
    const context: RowContext = { status, reading, account, profile: client.profile };
    for (const [index, item] of items.entries()) {
      try {
        const facts = normaliseTransaction(item, { ...context, status: statusOf(item, status, isPlainList) });
        if (reading.onlyCurrency === null || facts.currency === reading.onlyCurrency) rows.push(facts);
      } catch (error) {
        if (!(error instanceof BadRow)) throw error;
        quarantined.push({ reason: reasonOf(`${path}[${String(index)}]`, error), raw: JSON.stringify(item) ?? "null" });
      }
    }
  }
  return { rows, quarantined, next: nextOf(isPlainList ? null : row, body) };
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
