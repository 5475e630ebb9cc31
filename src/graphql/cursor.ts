import type { Position } from "../store/store.ts";

/** Which list a cursor belongs to: one of another list is refused. */
export type ListTag = "user" | "bank" | "consent" | "update" | "account" | "transaction" | "tenant" | "audit";

const MAX_CURSOR_LENGTH = 400;

/** An opaque cursor: list, sort key (where the order is not by id alone) and id. */
export function printCursor(tag: ListTag, position: Position): string {
  return Buffer.from(JSON.stringify([tag, position.key, position.id])).toString("base64url");
}

/** The position behind a cursor of that list; null for anything else. */
export function parseCursor(tag: ListTag, text: string): Position | null {
  if (text.length > MAX_CURSOR_LENGTH) return null;
  const position = positionOf(Buffer.from(text, "base64url").toString("utf8"), tag);
  return position && printCursor(tag, position) === text && KEYS[tag](position) ? position : null;
}

function positionOf(json: string, tag: ListTag): Position | null {
  try {
    const value: unknown = JSON.parse(json);
    if (!Array.isArray(value) || value.length !== 3 || value[0] !== tag) return null;
    const [, key, id] = value as readonly unknown[];
    return (key === null || typeof key === "string") && typeof id === "string" ? { key, id } : null;
  } catch {
    return null;
  }
}

const byId =
  (prefix: string) =>
  ({ key, id }: Position): boolean =>
    key === null && new RegExp(`^${prefix}_[0-9a-z]{26}$`).test(id);

/** The shape of each list's positions: a store is never asked with anything else. */
const KEYS: Readonly<Record<ListTag, (position: Position) => boolean>> = {
  user: byId("usr"),
  bank: ({ key }) => key !== null,
  consent: byId("con"),
  update: byId("upd"),
  account: byId("acc"),
  tenant: byId("ten"),
  audit: ({ key, id }) => key === null && /^[1-9]\d{0,14}$/.test(id),
  transaction: ({ key, id }) => key !== null && /^\d{4}-\d\d-\d\d$/.test(key) && /^trx_[0-9a-z]{26}$/.test(id),
};
