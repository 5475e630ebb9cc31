import type { Row, WireShape } from "../kit/faults/wire-shape.ts";
import { printPage, readPage } from "./transaction-query.ts";

/** Booked and pending rows stand in one list: it is taken apart for the faults and put together again, pending ones first. */
export const UK_SHAPE: WireShape = {
  lists(body) {
    const rows = listOf(body);
    if (!rows) return undefined;
    const isPending = (row: Row) => row["Status"] === "Pending" || row["Status"] === "PDNG";
    return { booked: rows.filter((row) => !isPending(row)), pending: rows.filter(isPending) };
  },
  restore(body, { booked, pending }) {
    (body["Data"] as Row)["Transaction"] = [...pending, ...booked];
  },
  links(body) {
    body["Links"] ??= {};
    return body["Links"] as Row;
  },
  nextKey: "Next",
  nextLink: (href) => href,
  hrefOf: (next) => (typeof next === "string" ? next : undefined),
  shifted(href, rows) {
    const url = new URL(href, "http://bank");
    const page = readPage(url.searchParams.get("page") ?? "", "4.0");
    url.searchParams.set("page", printPage({ ...page, offset: Math.max(0, page.offset - rows) }));
    return url.pathname + url.search;
  },
  idFields: ["TransactionId"],
  referenceField: "TransactionReference",
  dateFields: ["BookingDateTime", "ValueDateTime"],
  amount: (row) => ({ holder: row["Amount"] as Row, key: "Amount" }),
  enumField: "TransactionMutability",
  optionalFields: [
    "TransactionReference",
    "ValueDateTime",
    "TransactionInformation",
    "CreditorAccount",
    "DebtorAccount",
    "MerchantDetails",
  ],
  textField: "TransactionInformation",
};

function listOf(body: Row): Row[] | undefined {
  const data = body["Data"] as Row | undefined;
  return data?.["Transaction"] as Row[] | undefined;
}
