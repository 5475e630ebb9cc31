import { randomUUID } from "node:crypto";
import { inGroup, ROW_FAULTS, type Fault } from "./fault.ts";
import type { Row, WireShape } from "./wire-shape.ts";

/** Changes the rows of a parsed transaction list, in place. `today` is the bank's day, for `history-shortened`. */
export function spoilRows(body: Row, fault: Fault, shape: WireShape, today: string): void {
  const lists = shape.lists(body);
  if (!lists || !inGroup(ROW_FAULTS, fault.kind)) return;
  spoilLists(lists, { ...fault, kind: fault.kind }, shape, today);
  shape.restore?.(body, lists);
}

const OPTIONAL = ["creditorName", "debtorName", "remittanceInformationUnstructured", "valueDate"];

function spoilLists(
  lists: { readonly booked: Row[]; readonly pending: Row[] },
  fault: Fault & { readonly kind: (typeof ROW_FAULTS)[number] },
  shape: WireShape,
  today: string,
): void {
  const { kind } = fault;
  const all = [...lists.booked, ...lists.pending];
  switch (kind) {
    case "ids-missing":
      return all.forEach((row) => shape.idFields.forEach((field) => delete row[field]));
    case "ids-blank":
      return setIds(all, shape, () => " ");
    case "ids-reused":
      return setIds(all, shape, () => "NOTPROVIDED");
    case "ids-random":
      return setIds(all, shape, () => randomUUID());
    case "ids-change-at-booking":
      return setIds(lists.booked, shape, (id) => `${id}-BOOKED`);
    case "references-missing":
      return all.forEach((row) => delete row[shape.referenceField]);
    case "pending-without-date":
      return lists.pending.forEach((row) => shape.dateFields.forEach((field) => delete row[field]));
    case "pending-vanishes":
      lists.pending.length = 0;
      return;
    case "amount-number":
      return setAmounts(all, shape, (text) => Number(text));
    case "amount-plus":
      return setAmounts(all, shape, (text) => (text.startsWith("-") ? text : `+${text}`));
    case "amount-comma":
      return setAmounts(all, shape, (text) => text.replace(".", ","));
    case "amount-spaces":
      return setAmounts(all, shape, (text) => ` ${text.replace(/(\d)(?=(\d{3})+\.)/g, "$1 ")} `);
    case "amount-three-decimals":
      return setAmounts(all, shape, (text) => (text.includes(".") ? `${text}0` : `${text}.000`));
    case "amount-null":
      return setAmounts(all.slice(0, 1), shape, () => null);
    case "amount-unsigned":
      return setAmounts(all, shape, (text) => text.replace("-", ""));
    case "null-fields":
      return all.forEach((row) => (shape.optionalFields ?? OPTIONAL).forEach((field) => (row[field] = null)));
    case "unknown-enum":
      return all.forEach((row) => (row[shape.enumField] = "ZZZZ"));
    case "extra-fields":
      return all.forEach((row) => Object.assign(row, { dayStartBalance: "1.00", details: { nested: ["x"] }, theirReference: 7 }));
    case "bad-row":
      lists.booked.splice(Math.floor(lists.booked.length / 2), 0, {
        [shape.idFields[0] ?? "id"]: 42,
        transactionAmount: "garbage",
        bookingDate: "yesterday",
      });
      return;
    case "history-shortened":
      return shorten(lists.booked, shape, today, fault.params?.days ?? 30);
    case "history-rewritten":
      return rewrite(lists.booked, shape.textField ?? "remittanceInformationUnstructured");
  }
}

function rewrite(rows: readonly Row[], field: string): void {
  for (const row of rows) row[field] = `*${JSON.stringify(row[field])}`;
}

function setIds(rows: readonly Row[], shape: WireShape, change: (id: string) => string): void {
  for (const row of rows) {
    for (const field of shape.idFields) if (typeof row[field] === "string") row[field] = change(row[field]);
  }
}

function setAmounts(rows: readonly Row[], shape: WireShape, change: (text: string) => unknown): void {
  for (const row of rows) {
    const { holder, key } = shape.amount(row);
    holder[key] = change(String(holder[key]));
  }
}

function shorten(booked: Row[], shape: WireShape, today: string, days: number): void {
  const oldest = new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10);
  const kept = booked.filter((row) => String(row[shape.dateFields[0] ?? ""]) >= oldest);
  booked.splice(0, booked.length, ...kept);
}
