import { absolute, negate } from "../../../domain/money.ts";
import { elementText } from "../../kit/xml.ts";
import { readDecimal } from "../../kit/values.ts";
import { at, BadRow, flagOf, listOf, meaningOf, rowOf, type Row } from "../../kit/wire.ts";

/**
 * A camt entry (`Ntry`, ISO 20022 camt.052/053.001.02 to .08) in the words of the standard's JSON, so that both formats are read by one set of
 * rules. A batch (one entry, several `TxDtls`) stays one row, as in JSON: it is what the balance moved by.
 * @throws BadRow for a direction that is not said
 */
export function entryRow(value: unknown): Row {
  const entry = rowOf(value);
  if (!entry) throw new BadRow("", "expected an element Ntry with content");
  const parts = listOf(entry["NtryDtls"]).flatMap((details) => listOf(rowOf(details)?.["TxDtls"]));
  const rows = parts.map(rowOf).filter((row) => row !== null);
  const [only] = rows;
  const single = rows.length === 1 && only ? only : null;
  return {
    transactionAmount: signedAmount(entry),
    bookingDate: dayText(entry["BookgDt"]),
    valueDate: dayText(entry["ValDt"]),
    entryReference: entryReference(entry, single),
    ...codes(at(entry, "BkTxCd") ?? at(single, "BkTxCd")),
    additionalInformation: elementText(entry["AddtlNtryInf"]) ?? elementText(single?.["AddtlTxInf"]),
    ...exchange(single?.["AmtDtls"] ?? entry["AmtDtls"]),
    ...(single === null ? { entryDetails: rows.map(remittance) } : details(entry, single)),
  };
}

function details(entry: Row, transaction: Row): Row {
  const returned = flagOf(elementText(entry["RvslInd"])) === true || transaction["RtrInf"] !== undefined;
  return {
    // A return carries the id of the payment that it returns, which another row has already.
    transactionId: returned ? null : elementText(at(transaction, "Refs", "TxId")),
    endToEndId: elementText(at(transaction, "Refs", "EndToEndId")),
    mandateId: elementText(at(transaction, "Refs", "MndtId")),
    purposeCode: elementText(at(transaction, "Purp", "Cd")),
    transactionDate: elementText(at(transaction, "RltdDts", "TxDtTm")) ?? elementText(at(transaction, "RltdDts", "AccptncDtTm")),
    ...party(transaction, "Cdtr", "creditor"),
    ...party(transaction, "Dbtr", "debtor"),
    ...remittance(transaction),
  };
}

/** `CdtDbtInd` is the direction of this entry itself, of a reversal (`RvslInd`) too; a minus in the amount says it once more. */
function signedAmount(entry: Row): Row {
  const indicator = elementText(entry["CdtDbtInd"])?.toUpperCase() ?? "";
  const text = elementText(entry["Amt"]);
  const amount = readDecimal(text);
  const currency = rowOf(entry["Amt"])?.["@Ccy"];
  if (amount === null) return { amount: text, currency };
  if (!/^(CRDT|CREDIT|DBIT|DEBIT)$/.test(indicator)) throw new BadRow("CdtDbtInd", indicator === "" ? "missing" : "neither CRDT nor DBIT");
  return { amount: indicator.startsWith("D") ? negate(absolute(amount)) : absolute(amount), currency };
}

/** The bank's own reference; a running number within one statement (`NtryRef` 1, 2, 3 …) names nothing outside it. */
function entryReference(entry: Row, single: Row | null): string | null {
  const own = meaningOf(elementText(entry["AcctSvcrRef"])) ?? meaningOf(elementText(at(single, "Refs", "AcctSvcrRef")));
  const numbered = meaningOf(elementText(entry["NtryRef"]));
  return own ?? (numbered === null || /^\d{1,6}$/.test(numbered) ? null : numbered);
}

/** `Dt`, which may carry an offset that says nothing about the day, or `DtTm`. */
function dayText(value: unknown): string | null {
  const day = elementText(at(rowOf(value), "Dt")) ?? elementText(value);
  return day?.replace(/^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})$/, "$1") ?? elementText(at(rowOf(value), "DtTm"));
}

function codes(value: unknown): Row {
  const domain = at(rowOf(value), "Domn");
  const groups = [at(rowOf(domain), "Cd"), at(rowOf(domain), "Fmly", "Cd"), at(rowOf(domain), "Fmly", "SubFmlyCd")].map(elementText);
  return {
    bankTransactionCode: groups.includes(null) ? null : groups.join("-"),
    proprietaryBankTransactionCode: elementText(at(rowOf(value), "Prtry", "Cd")),
  };
}

/** `Nm` stands in the party itself up to version 07, in `Pty` or `Agt` from 08 on; the agent's BIC is `BIC` in 02, `BICFI` later. */
function party(transaction: Row, tag: "Cdtr" | "Dbtr", side: "creditor" | "debtor"): Row {
  const nameOf = (value: unknown): string | null =>
    elementText(at(rowOf(value), "Pty", "Nm")) ??
    elementText(at(rowOf(value), "Nm")) ??
    elementText(at(rowOf(value), "Agt", "FinInstnId", "Nm"));
  const parties = rowOf(transaction["RltdPties"]);
  const account = rowOf(at(parties, `${tag}Acct`, "Id"));
  const agent = rowOf(at(transaction, "RltdAgts", `${tag}Agt`, "FinInstnId"));
  const [iban, other] = [elementText(account?.["IBAN"]), elementText(at(account, "Othr", "Id"))];
  return {
    [`${side}Name`]: nameOf(parties?.[tag]),
    [side === "creditor" ? "ultimateCreditor" : "ultimateDebtor"]: nameOf(parties?.[`Ultmt${tag}`]),
    [`${side}Account`]: { iban, bban: other },
    [`${side}Agent`]: elementText(agent?.["BICFI"]) ?? elementText(agent?.["BIC"]),
  };
}

function remittance(transaction: Row): Row {
  const structured = listOf(at(transaction, "RmtInf", "Strd")).map(
    (one) => elementText(at(rowOf(one), "CdtrRefInf", "Ref")) ?? elementText(at(rowOf(one), "CdtrRefInf", "CdtrRef")),
  );
  return {
    remittanceInformationUnstructured: listOf(at(transaction, "RmtInf", "Ustrd")).map(elementText),
    remittanceInformationStructuredArray: structured.filter((reference) => reference !== null).map((reference) => ({ reference })),
  };
}

/** The amount as instructed, where it is in another currency, and the rate. */
function exchange(value: unknown): Row {
  const amounts = ["InstdAmt", "TxAmt", "CntrValAmt"].map((name) => rowOf(at(rowOf(value), name)));
  const [instructed] = amounts;
  const rates = amounts.map((amount) => rowOf(amount?.["CcyXchg"])).filter((row) => row !== null);
  const [rate] = rates;
  return {
    ...(instructed ? { originalAmount: { amount: elementText(instructed["Amt"]), currency: rowOf(instructed["Amt"])?.["@Ccy"] } } : {}),
    ...(rate
      ? {
          currencyExchange: {
            sourceCurrency: elementText(rate["SrcCcy"]),
            targetCurrency: elementText(rate["TrgtCcy"]),
            unitCurrency: elementText(rate["UnitCcy"]),
            exchangeRate: elementText(rate["XchgRate"]),
          },
        }
      : {}),
  };
}
