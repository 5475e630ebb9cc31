import type { Owner } from "../domain/tenant.ts";
import type { Db } from "./db.ts";
import type { Entity, RawRow } from "./entity.ts";
import { all, raw, sql, type Sql } from "./sql.ts";
import type { PageRequest, Slice } from "./store.ts";

/** The tables that lists hang on. */
export type ParentTable = "hub_user" | "consent" | "hub_update" | "account";

/** How rows `x` hang on a parent `o`, and in what order they are shown. */
export interface List<Row> {
  readonly entity: Entity<Row>;
  readonly parent: ParentTable;
  readonly link: Sql;
  /** The row's own property that names its parent; null where a row hangs on several, which costs a copy of each row. */
  readonly parentKey: (keyof Row & string) | null;
  /** A unique key of `x` that an index leads with. */
  readonly key: readonly string[];
  /** The sort column before the id, where there is one. */
  readonly sort: "date" | null;
  readonly descending: boolean;
}

/** The owner's condition on one row of `table`; tables without a tenant ask the user's row, by its key, never the other way round. */
export function owned(owner: Owner, alias: string, table: "hub_user" | "consent" | "hub_update" | "other"): Sql {
  const hasTenant = table !== "other";
  const tenant = raw(hasTenant ? `${alias}.tenant_id` : `(select u.tenant_id from hub_user u where u.id = ${alias}.user_id)`);
  const byTenant = sql`${tenant} = ${owner.tenantId}`;
  if (owner.userId === null) return byTenant;
  return sql`${byTenant} and ${raw(`${alias}.${table === "hub_user" ? "id" : "user_id"}`)} = ${owner.userId}`;
}

/**
 * The owner's condition on the parent. SQLite's `+` keeps it from choosing an index of several columns over the primary key, by which
 * alone it knows that there is one parent and that the rows therefore come in order.
 */
function ownedParent(db: Db, owner: Owner, parent: ParentTable): Sql {
  return owned(owner, db.dialect === "sqlite" ? "+o" : "o", parent === "account" ? "other" : parent);
}

/** One page per parent, in one statement; a parent that is missing or foreign has an empty page. */
export async function pages<Id extends string, Row>(
  db: Db,
  list: List<Row>,
  owner: Owner,
  parents: readonly Id[],
  filter: Sql,
  page: PageRequest,
): Promise<Map<Id, Slice<Row>>> {
  const found = new Map<string, Row[]>();
  const ids = [...new Set(parents)];
  for (const id of ids) found.set(id, []);
  if (ids.length > 0) {
    for (const row of await db.all(pageStatement(db, list, owner, ids, filter, page))) {
      const parent = ids.length === 1 ? ids[0] : row[list.parentKey ?? "parent"];
      found.get(String(parent))?.push(list.entity.decode(list.parentKey === null ? withoutParent(row) : row));
    }
  }
  const answer = new Map<Id, Slice<Row>>();
  for (const id of ids) {
    answer.set(id, slice(inOrder(list, found.get(id) ?? [], page.backward, ids.length > 1), page));
  }
  return answer;
}

/** How many rows match, per parent, in one statement; 0 for a missing or foreign one. */
export async function counts<Id extends string, Row>(
  db: Db,
  list: Pick<List<Row>, "entity" | "parent" | "link">,
  owner: Owner,
  parents: readonly Id[],
  filter: Sql,
): Promise<Map<Id, number>> {
  const answer = new Map<Id, number>(parents.map((id) => [id, 0]));
  if (answer.size === 0) return answer;
  const rows = await db.all(sql`
    select p.value as "parent", (select count(*) from ${raw(list.entity.name)} x where ${list.link} and ${filter}) as "value"
    from ${db.parents([...answer.keys()])} join ${raw(list.parent)} o on o.id = p.value where ${ownedParent(db, owner, list.parent)}`);
  for (const row of rows) answer.set(row["parent"] as Id, Number(row["value"]));
  return answer;
}

function pageStatement<Row>(db: Db, list: List<Row>, owner: Owner, ids: readonly string[], filter: Sql, page: PageRequest): Sql {
  const table = raw(list.entity.name);
  const parent = raw(list.parent);
  const conditions = all([list.link, filter, beyond(list, page)]);
  const order = orderBy(list, page.backward);
  const limit = page.limit + 1; // one more than asked says whether there is more
  const mine = ownedParent(db, owner, list.parent);
  const columns = list.entity.columns("x");
  const parentId = raw(list.parentKey === null ? `, o.id as "parent"` : "");
  if (db.dialect === "postgres") {
    return sql`select ${columns}${parentId} from ${parent} o cross join lateral (
      select x.* from ${table} x where ${conditions} ${order} limit ${limit}) x where ${db.among("o.id", ids)} and ${mine}`;
  }
  if (ids.length === 1) {
    return sql`select ${columns} from ${parent} o cross join ${table} x
      where o.id = ${ids[0] ?? ""} and ${mine} and ${conditions} ${order} limit ${limit}`;
  }
  // SQLite has no lateral join: the keys of each parent's page by its index, then the rows by their keys.
  const keyOf = (alias: string) => raw(list.key.map((column) => `${alias}.${column}`).join(", "));
  return sql`select ${list.entity.columns("z")}${parentId}
    from ${db.parents(ids)} cross join ${parent} o cross join ${table} z
    where o.id = p.value and ${mine} and (${keyOf("z")}) in (select ${keyOf("x")} from ${table} x where ${conditions} ${order} limit ${limit})`;
}

function beyond<Row>(list: List<Row>, page: PageRequest): Sql {
  if (!page.position) return raw("true");
  const less = list.descending !== page.backward;
  const { key, id } = page.position;
  if (list.sort === null) return less ? sql`x.id < ${id}` : sql`x.id > ${id}`;
  const sort = raw(`x.${list.sort}`);
  return less ? sql`(${sort}, x.id) < (${key}, ${id})` : sql`(${sort}, x.id) > (${key}, ${id})`;
}

function orderBy<Row>(list: List<Row>, backward: boolean): Sql {
  const way = list.descending !== backward ? "desc" : "asc";
  return raw(list.sort === null ? `order by x.id ${way}` : `order by x.${list.sort} ${way}, x.id ${way}`);
}

/** Slices rows that were fetched with one row more than asked, in the direction asked, into display order. */
export function slice<Row>(rows: Row[], page: PageRequest): Slice<Row> {
  const hasMore = rows.length > page.limit;
  if (hasMore) rows.length = page.limit;
  return { rows: page.backward ? rows.reverse() : rows, hasMore };
}

function inOrder<Row>(list: List<Row>, rows: Row[], backward: boolean, isMixed: boolean): Row[] {
  if (!isMixed) return rows;
  const sign = list.descending !== backward ? -1 : 1;
  const text = (row: Row, key: string) => String((row as RawRow)[key]); // every listed entity has an id, and `date` where it sorts by it
  const compare = (a: string, b: string) => (a < b ? -sign : a > b ? sign : 0);
  return rows.sort((a, b) => (list.sort ? compare(text(a, list.sort), text(b, list.sort)) : 0) || compare(text(a, "id"), text(b, "id")));
}

function withoutParent(row: RawRow): RawRow {
  if (!("parent" in row)) return row;
  const { parent: _, ...rest } = row;
  return rest;
}
