import type { Call } from "../kit/http-message.ts";
import type { Row, WireShape } from "../kit/faults/wire-shape.ts";
import type { SandboxClock } from "../ledger/clock.ts";
import { parsePage, printPage } from "./page-token.ts";

/** Where the fault kit finds things in the six lists. Pages are tokens, not URLs. */
export function polishApiShape(clock: SandboxClock): WireShape {
  return {
    lists(body) {
      if (Array.isArray(body["holds"])) return { booked: [], pending: body["holds"] as Row[] };
      if (!Array.isArray(body["transactions"])) return undefined;
      const rows = body["transactions"] as Row[];
      const isDone = rows.length === 0 || rows.some((row) => "postTransactionBalance" in row);
      return isDone ? { booked: rows, pending: [] } : { booked: [], pending: rows };
    },
    links: (body) => (body["pageInfo"] ??= {}) as Row,
    nextKey: "nextPage",
    nextLink: (token) => token,
    hrefOf: (next) => (typeof next === "string" && next !== "" ? next : undefined),
    shifted: (token, rows) => changed(token, (offset) => Math.max(0, offset - rows)),
    here: (call) => pageIdOf(call) ?? printPage({ at: clock.nowMs(), offset: 0, from: "" }),
    marked: (token, name, value) => {
      const page = parsePage(token);
      return page ? printPage({ ...page, mark: `${name}-${String(value)}` }) : token;
    },
    idFields: ["itemId"],
    referenceField: "reference",
    dateFields: ["bookingDate", "tradeDate"],
    amount: (row) => ({ holder: row, key: "amount" }),
    enumField: "transactionType",
    optionalFields: ["description", "sender", "recipient", "tradeDate", "transactionStatus", "postTransactionBalance"],
    textField: "description",
  };
}

function changed(token: string, change: (offset: number) => number): string {
  const page = parsePage(token);
  return page ? printPage({ ...page, offset: change(page.offset) }) : token;
}

function pageIdOf(call: Call): string | undefined {
  try {
    const { pageId } = JSON.parse(call.body.toString("utf8")) as { pageId?: unknown };
    return typeof pageId === "string" ? pageId : undefined;
  } catch {
    return undefined;
  }
}
