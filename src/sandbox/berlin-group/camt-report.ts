import type { LedgerAccount, LedgerTransaction, Party } from "../ledger/model.ts";
import { formatMinor } from "../ledger/money.ts";

export interface CamtOptions {
  /** Report (052) or statement (053). */
  readonly kind: "052" | "053";
  /** Of the message, `.001.02` or `.001.08`: they differ in statuses, parties and agents. */
  readonly version: "02" | "08";
  readonly createdAt: number;
}

/** What stands in a report: `bookingDate` undefined = not booked yet. */
export interface CamtRow {
  readonly transaction: LedgerTransaction;
  readonly bookingDate: string | undefined;
}

/** An account's entries as an ISO 20022 message. Written by hand: the reader on the other side must not share a line with it. */
export function camtReport(account: LedgerAccount, rows: readonly CamtRow[], options: CamtOptions): string {
  const { kind, version, createdAt } = options;
  const [message, part] = kind === "052" ? ["BkToCstmrAcctRpt", "Rpt"] : ["BkToCstmrStmt", "Stmt"];
  const created = new Date(createdAt).toISOString();
  const id = account.iban === undefined ? tag("Othr", tag("Id", text(account.id))) : tag("IBAN", account.iban);
  const head = tag("GrpHdr", tag("MsgId", `R${String(createdAt)}`) + tag("CreDtTm", created));
  const body = [
    tag("Id", `${part}-1`) + tag("CreDtTm", created),
    tag("Acct", tag("Id", id) + tag("Ccy", account.currency)),
    ...rows.map((row) => entry(row, account, version)),
  ];
  const namespace = `urn:iso:std:iso:20022:tech:xsd:camt.${kind}.001.${version}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${namespace}">${tag(message ?? "", head + tag(part ?? "", body.join("\n")))}</Document>`;
}

function entry({ transaction, bookingDate }: CamtRow, account: LedgerAccount, version: "02" | "08"): string {
  const { amount, reference } = transaction;
  const status = bookingDate === undefined ? "PDNG" : "BOOK";
  return tag(
    "Ntry",
    [
      `<Amt Ccy="${account.currency}">${formatMinor(amount < 0n ? -amount : amount, account.currency)}</Amt>`,
      tag("CdtDbtInd", amount < 0n ? "DBIT" : "CRDT"),
      tag("Sts", version === "02" ? status : tag("Cd", status)),
      bookingDate === undefined ? "" : tag("BookgDt", tag("Dt", bookingDate)),
      tag("ValDt", tag("Dt", transaction.valueDate)),
      bookingDate === undefined ? "" : tag("AcctSvcrRef", text(reference)),
      codes(transaction),
      tag("NtryDtls", tag("TxDtls", details(transaction, account, version))),
    ].join(""),
  );
}

function codes({ code, proprietaryCode }: LedgerTransaction): string {
  const [domain = "", family = "", sub = ""] = code.split("-");
  const iso = tag("Domn", tag("Cd", domain) + tag("Fmly", tag("Cd", family) + tag("SubFmlyCd", sub)));
  return tag("BkTxCd", iso + (proprietaryCode === undefined ? "" : tag("Prtry", tag("Cd", text(proprietaryCode)))));
}

function details(row: LedgerTransaction, account: LedgerAccount, version: "02" | "08"): string {
  const { endToEndId, mandateId, exchange, party, purpose, remittance, structuredReference } = row;
  const references = tag("EndToEndId", text(endToEndId ?? "NOTPROVIDED")) + (mandateId === undefined ? "" : tag("MndtId", text(mandateId)));
  const side = row.amount < 0n ? "Cdtr" : "Dbtr";
  const lines = remittance.map((line) => tag("Ustrd", text(line))).join("");
  const structured = structuredReference === undefined ? "" : tag("Strd", tag("CdtrRefInf", tag("Ref", text(structuredReference))));
  return [
    tag("Refs", tag("TxId", text(row.id)) + references),
    exchange === undefined ? "" : exchanged(exchange, account.currency),
    party === undefined ? "" : partyXml(party, side, version),
    purpose === undefined ? "" : tag("Purp", tag("Cd", purpose)),
    lines + structured === "" ? "" : tag("RmtInf", lines + structured),
  ].join("");
}

function exchanged(exchange: NonNullable<LedgerTransaction["exchange"]>, currency: string): string {
  const size = formatMinor(exchange.amount < 0n ? -exchange.amount : exchange.amount, exchange.currency);
  const rate = tag("SrcCcy", exchange.currency) + tag("TrgtCcy", currency) + tag("UnitCcy", currency) + tag("XchgRate", exchange.rate);
  return tag("AmtDtls", tag("InstdAmt", `<Amt Ccy="${exchange.currency}">${size}</Amt>${tag("CcyXchg", rate)}`));
}

function partyXml({ name, iban, bic }: Party, side: "Cdtr" | "Dbtr", version: "02" | "08"): string {
  const named = version === "02" ? tag("Nm", text(name)) : tag("Pty", tag("Nm", text(name)));
  const account = iban === undefined ? "" : tag(`${side}Acct`, tag("Id", tag("IBAN", iban)));
  const agent =
    bic === undefined ? "" : tag("RltdAgts", tag(`${side}Agt`, tag("FinInstnId", tag(version === "02" ? "BIC" : "BICFI", bic))));
  return tag("RltdPties", tag(side, named) + account) + agent;
}

function tag(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

const ESCAPED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function text(value: string): string {
  return value.replace(/[&<>]/g, (character) => ESCAPED[character] ?? "");
}
