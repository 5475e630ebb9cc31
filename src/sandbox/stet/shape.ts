import type { Row, WireShape } from "../kit/faults/wire-shape.ts";
import { printPage, readPage } from "./transaction-query.ts";

/** Where the fault kit finds things in a STET transaction list: one list, each row with its status. */
export const STET_SHAPE: WireShape = {
  lists(body) {
    const rows = body["transactions"] as Row[] | undefined;
    if (!rows) return undefined;
    return { booked: rows.filter(({ status }) => status === "BOOK"), pending: rows.filter(({ status }) => status !== "BOOK") };
  },
  restore(body, { booked, pending }) {
    body["transactions"] = [...pending, ...booked];
  },
  links(body) {
    body["_links"] ??= {};
    return body["_links"] as Row;
  },
  nextLink: (href) => ({ href }),
  hrefOf: (next) => (typeof next === "object" && next !== null && "href" in next && typeof next.href === "string" ? next.href : undefined),
  shifted(href, rows) {
    const [path = "", query = ""] = href.split("?");
    const parameters = new URLSearchParams(query);
    const page = readPage(parameters.get("page") ?? "");
    parameters.set("page", printPage({ ...page, offset: Math.max(0, page.offset - rows) }));
    return `${path}?${parameters.toString()}`;
  },
  idFields: ["resourceId"],
  referenceField: "entryReference",
  dateFields: ["bookingDate", "expectedBookingDate", "valueDate", "transactionDate"],
  amount: (row) => ({ holder: row["transactionAmount"] as Row, key: "amount" }),
  enumField: "status",
  optionalFields: ["relatedParties", "valueDate", "bankTransactionCode", "endToEndId", "remittanceInformation"],
  textField: "additionalTransactionInformation",
};
