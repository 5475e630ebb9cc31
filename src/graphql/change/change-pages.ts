import { mayReadIdentity } from "../../access/may.ts";
import { ChangeKind, type Change } from "../../domain/change.ts";
import type { AccountId, ConsentId, TransactionId, UpdateId } from "../../domain/ids.ts";
import type { Loaders } from "../../loaders/loaders.ts";
import type { ChangeQuery } from "../../store/reads.ts";
import type { Context } from "../context.ts";
import { callerError } from "../errors.ts";
import { MAX_PAGE } from "../page-size.ts";

export interface ChangesArgs {
  readonly first?: number | null;
  readonly after?: number | null;
  readonly kinds?: readonly ChangeKind[] | null;
}

export interface ChangePageValue {
  readonly nodes: readonly Change[];
  readonly nextCursor: number;
  readonly hasMore: boolean;
}

const DEFAULT_CHANGES = 100;

/** A page of a log as the caller may see it. @throws BAD_USER_INPUT for a size out of range */
export async function changePage(
  context: Context,
  args: ChangesArgs,
  read: (query: ChangeQuery) => Promise<readonly Change[]>,
): Promise<ChangePageValue> {
  const first = args.first ?? DEFAULT_CHANGES;
  if (first < 1 || first > MAX_PAGE)
    throw callerError("BAD_USER_INPUT", `first is ${String(first)}: it must be from 1 to ${String(MAX_PAGE)}.`, { argument: ["first"] });
  const after = args.after ?? 0;
  const rows = await read({ after, kinds: visibleKinds(context, args.kinds ?? null), limit: first + 1 });
  const page = rows.slice(0, first);
  return {
    nodes: await withSubject(context.loaders, page),
    nextCursor: page[page.length - 1]?.seq ?? after,
    hasMore: rows.length > first,
  };
}

/** The kinds to ask for; identity data is not even mentioned to who may not read it. Null = all. */
export function visibleKinds(context: Pick<Context, "caller">, kinds: readonly ChangeKind[] | null): readonly ChangeKind[] | null {
  if (mayReadIdentity(context.caller)) return kinds;
  return (kinds ?? Object.values(ChangeKind)).filter((kind) => kind !== "IDENTITY");
}

/**
 * The rows whose object is still there. An erasure takes the rows about its objects with it; one between our read of the log and
 * of the objects must not fail the page.
 */
export async function withSubject(loaders: Loaders, rows: readonly Change[]): Promise<readonly Change[]> {
  const there = await Promise.all(rows.map((row) => hasSubject(loaders, row)));
  return rows.filter((_row, index) => there[index]);
}

async function hasSubject(loaders: Loaders, { type, subjectId }: Change): Promise<boolean> {
  switch (type) {
    case "ConsentChanged":
      return (await loaders.consent(subjectId as ConsentId)) !== null;
    case "UpdateChanged":
      return (await loaders.update(subjectId as UpdateId)) !== null;
    case "AccountChanged":
    case "BalanceChanged":
      return (await loaders.account(subjectId as AccountId)) !== null;
    case "TransactionAdded":
    case "TransactionModified":
      return (await loaders.transaction(subjectId as TransactionId)) !== null;
    case "IdentityChanged":
      return (await loaders.identitiesOfConsent(subjectId as ConsentId)).length > 0;
    case "ConsentDeleted":
    case "AccountDeleted":
    case "TransactionRemoved":
      return true;
  }
}
