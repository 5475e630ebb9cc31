import type { Call, Reply } from "../http-message.ts";
import { spoiltBytes } from "./body-faults.ts";
import { PAGING_FAULTS, ROW_FAULTS, type Fault, type FaultKind } from "./fault.ts";
import { spoilPaging } from "./paging-faults.ts";
import { spoilRows } from "./row-faults.ts";
import type { Row, WireShape } from "./wire-shape.ts";

const SHAPED: readonly FaultKind[] = [...PAGING_FAULTS, ...ROW_FAULTS];

/** Runs the faults that change an answer: first the parsed body, then its bytes, then its headers. */
export function spoilt(
  reply: Reply,
  faults: readonly Fault[],
  context: { readonly shape: WireShape; readonly call: Call; readonly now: Date },
): Reply {
  let result = reply;
  const shaped = faults.filter(({ kind }) => SHAPED.includes(kind));
  if (shaped.length > 0 && reply.status === 200) {
    const body = JSON.parse(reply.body.toString()) as Row;
    for (const fault of shaped) {
      spoilPaging(body, fault, context.shape, context.call);
      spoilRows(body, fault, context.shape, context.now.toISOString().slice(0, 10));
    }
    result = { ...reply, body: JSON.stringify(body) };
  }
  for (const fault of faults) {
    result = spoiltBytes(result, fault);
    if (fault.kind === "clock-skew") {
      const date = new Date(context.now.getTime() + (fault.params?.minutes ?? 10) * 60_000);
      result = { ...result, headers: { ...result.headers, date: date.toUTCString() } };
    }
  }
  return result;
}
