import type { HttpResponse } from "../../../http/bank-http.ts";
import { unreadable } from "../../kit/failures.ts";
import { elementText, parseXml } from "../../kit/xml.ts";
import { at, flagOf, listOf, rowOf, type Row } from "../../kit/wire.ts";

export interface CamtEntry {
  readonly status: "BOOKED" | "PENDING";
  readonly path: string;
  readonly entry: unknown;
}

export interface CamtDocument {
  readonly entries: readonly CamtEntry[];
  /** A statement (camt.053) holds booked entries only: it says nothing about pending ones. */
  readonly bookedOnly: boolean;
  /** False where the document says that it is not the last page. */
  readonly lastPage: boolean;
}

const KINDS = [
  { root: /^BkToCstmrAcctRpt/, part: "Rpt", bookedOnly: false },
  { root: /^BkToCstmrStmt/, part: "Stmt", bookedOnly: true },
] as const;

/**
 * camt.052 (report) or camt.053 (statement) of one account, any version: the element names decide, not the namespace. Entries of other
 * accounts in the same document are left out.
 * @throws BankError PROTOCOL for HTML, other XML, a DOCTYPE, a document that breaks off, and one that holds only other accounts
 */
export function readCamt(
  { bytes, headers }: Pick<HttpResponse, "bytes" | "headers">,
  of: { readonly iban: string | null; readonly asked: "both" | "booked" | "pending"; readonly requestId: string },
): CamtDocument {
  const { kind, message } = messageOf(parsed(bytes, headers["content-type"], of.requestId), of.requestId);
  const parts = listOf(message[kind.part]).map(rowOf);
  if (parts.length === 0) throw unreadable(`camt: no ${kind.part}`, of.requestId);
  const own = parts.map((part) => (part !== null && isOf(part, of.iban) ? part : null));
  if (own.every((part) => part === null)) throw unreadable("camt: no part of this account", of.requestId);
  const entries = own.flatMap((part, index) =>
    listOf(part?.["Ntry"]).flatMap((entry, position): CamtEntry[] => {
      const status = statusOf(entry, kind.bookedOnly ? "booked" : of.asked);
      return status === null ? [] : [{ status, path: `${kind.part}[${String(index)}].Ntry[${String(position)}]`, entry }];
    }),
  );
  const last = own.map((part) => flagOf(elementText(at(part, `${kind.part}Pgntn`, "LastPgInd")))).filter((flag) => flag !== null);
  return { entries, bookedOnly: kind.bookedOnly, lastPage: last.length === 0 || last.includes(true) };
}

function parsed(bytes: Uint8Array, contentType: string | undefined, requestId: string): Row {
  try {
    return parseXml(bytes, contentType);
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable(`body: ${error.message}`, requestId);
    throw error;
  }
}

/** With or without the wrapper `Document`. */
function messageOf(xml: Row, requestId: string): { readonly kind: (typeof KINDS)[number]; readonly message: Row } {
  const document = rowOf(xml["Document"]) ?? xml;
  for (const kind of KINDS) {
    const name = Object.keys(document).find((key) => kind.root.test(key));
    const message = name === undefined ? null : rowOf(document[name]);
    if (message) return { kind, message };
  }
  throw unreadable("body: XML that is neither camt.052 nor camt.053", requestId);
}

function isOf(part: Row, iban: string | null): boolean {
  const named = elementText(at(part, "Acct", "Id", "IBAN"))
    ?.replace(/\s+/g, "")
    .toUpperCase();
  return named === undefined || iban === null || named === iban;
}

/** `Sts` is a text up to version 04 and `Sts/Cd` or `Sts/Prtry` later; null for what is information and no money that moved. */
function statusOf(entry: unknown, asked: "both" | "booked" | "pending"): CamtEntry["status"] | null {
  const value = rowOf(entry)?.["Sts"];
  const said = (elementText(at(rowOf(value), "Cd")) ?? elementText(at(rowOf(value), "Prtry")) ?? elementText(value) ?? "").toUpperCase();
  if (said === "INFO") return null;
  if (said === "PDNG" || said === "FUTR") return "PENDING";
  return said === "" && asked === "pending" ? "PENDING" : "BOOKED";
}
