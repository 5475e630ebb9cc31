import type { Row, WireShape } from "../kit/faults/wire-shape.ts";
import { printPage, readPage } from "./transaction-query.ts";

/** Where the fault kit finds things in a Berlin Group transaction report (accounts and cards). */
export const BERLIN_GROUP_SHAPE: WireShape = {
  lists(body) {
    const report = reportOf(body);
    if (!report) return undefined;
    report["booked"] ??= [];
    report["pending"] ??= [];
    return { booked: report["booked"] as Row[], pending: report["pending"] as Row[] };
  },
  links(body) {
    const report = reportOf(body) ?? body;
    report["_links"] ??= {};
    return report["_links"] as Row;
  },
  nextLink: (href) => ({ href }),
  hrefOf: (next) => (typeof next === "object" && next !== null && "href" in next && typeof next.href === "string" ? next.href : undefined),
  shifted(href, rows) {
    const url = new URL(href, "http://bank");
    const page = readPage(url.searchParams.get("page") ?? "");
    url.searchParams.set("page", printPage({ ...page, offset: Math.max(0, page.offset - rows) }));
    return url.pathname + url.search;
  },
  idFields: ["transactionId", "cardTransactionId"],
  referenceField: "entryReference",
  dateFields: ["bookingDate", "valueDate", "transactionDate", "acceptorTransactionDateTime"],
  amount: (row) => ({ holder: row["transactionAmount"] as Row, key: "amount" }),
  enumField: "bankTransactionCode",
};

function reportOf(body: Row): Row | undefined {
  return (body["transactions"] ?? body["cardTransactions"]) as Row | undefined;
}
