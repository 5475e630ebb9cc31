import { ArgsType, Field, Int, ObjectType, type ClassType } from "type-graphql";
import type { PageRequest, Position, Slice } from "../store/store.ts";
import { parseCursor, printCursor, type ListTag } from "./cursor.ts";
import { callerError } from "./errors.ts";
import { DEFAULT_PAGE, MAX_PAGE } from "./page-size.ts";

/** `first` with `after`, or `last` with `before`: never both ways. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: "How many from the start, or after `after`: 1 to 500. 50 when neither this nor `last` is given.",
  })
  first?: number | null;
  @Field(() => String, { nullable: true, description: "Go on behind this cursor of the same list. Together with `first` only." })
  after?: string | null;
  @Field(() => Int, { nullable: true, description: "How many from the end, or before `before`: 1 to 500." })
  last?: number | null;
  @Field(() => String, { nullable: true, description: "Stop ahead of this cursor of the same list. Together with `last` only." })
  before?: string | null;
}

/** A list that can be read in pages: what a resolver hands over. */
export interface List<Row> {
  readonly tag: ListTag;
  load(page: PageRequest): Promise<Slice<Row>>;
  count(): Promise<number>;
  positionOf(row: Row): Position;
}

/** The position of rows that are ordered by id alone. */
export function idPosition(row: { readonly id: string }): Position {
  return { key: null, id: row.id };
}

/**
 * The value behind a connection type. Its properties are read by fields of the same names: the page and the count are asked of
 * the store when a field wants them, each once.
 */
export class Connection<Row> {
  readonly #list: List<Row>;
  readonly #request: PageRequest;
  #page: Promise<Slice<Row>> | undefined;

  constructor(list: List<Row>, request: PageRequest) {
    this.#list = list;
    this.#request = request;
  }

  get nodes(): Promise<readonly Row[]> {
    return this.#load().then(({ rows }) => rows);
  }

  get edges(): Promise<readonly Edge<Row>[]> {
    return this.#load().then(({ rows }) => rows.map((node) => ({ cursor: this.#cursorOf(node), node })));
  }

  get totalCount(): Promise<number> {
    return this.#list.count();
  }

  get pageInfo(): Promise<PageInfo> {
    return this.#load().then((slice) => this.#pageInfo(slice));
  }

  #load(): Promise<Slice<Row>> {
    return (this.#page ??= this.#list.load(this.#request));
  }

  #cursorOf(row: Row): string {
    return printCursor(this.#list.tag, this.#list.positionOf(row));
  }

  /** `hasMore` says what lies ahead of the reader; what lies behind is asked only where a cursor was given. */
  async #pageInfo({ rows, hasMore }: Slice<Row>): Promise<PageInfo> {
    const behind = await this.#hasBehind(rows);
    const [start, end] = [rows[0], rows[rows.length - 1]];
    return {
      hasNextPage: this.#request.backward ? behind : hasMore,
      hasPreviousPage: this.#request.backward ? hasMore : behind,
      startCursor: start === undefined ? null : this.#cursorOf(start),
      endCursor: end === undefined ? null : this.#cursorOf(end),
    };
  }

  async #hasBehind(rows: readonly Row[]): Promise<boolean> {
    const { position, backward } = this.#request;
    if (position === null) return false;
    const edge = backward ? rows[rows.length - 1] : rows[0];
    if (edge === undefined) return (await this.#list.count()) > 0;
    const behind = await this.#list.load({ limit: 1, backward: !backward, position: this.#list.positionOf(edge) });
    return behind.rows.length > 0;
  }
}

export interface Edge<Row> {
  readonly cursor: string;
  readonly node: Row;
}

/** @throws BAD_USER_INPUT for sizes out of range, both directions at once, and cursors of other lists */
export function connect<Row>(list: List<Row>, args: PageArgs): Connection<Row> {
  return new Connection(list, pageRequest(list.tag, args));
}

function pageRequest(tag: ListTag, args: PageArgs): PageRequest {
  const [first, after, last, before] = [args.first ?? null, args.after ?? null, args.last ?? null, args.before ?? null];
  const backward = last !== null || before !== null;
  if (backward && (first !== null || after !== null))
    throw callerError("BAD_USER_INPUT", "Page forward with first and after, or backward with last and before, not both.", {
      argument: [first !== null ? "first" : "after"],
    });
  const limit = backward ? size("last", last) : size("first", first);
  const cursor = backward ? before : after;
  return { limit, backward, position: cursor === null ? null : position(tag, backward ? "before" : "after", cursor) };
}

function size(argument: "first" | "last", given: number | null): number {
  if (given === null) return DEFAULT_PAGE;
  if (given >= 1 && given <= MAX_PAGE) return given;
  throw callerError("BAD_USER_INPUT", `${argument} is ${String(given)}: it must be from 1 to ${String(MAX_PAGE)}.`, {
    argument: [argument],
  });
}

function position(tag: ListTag, argument: "after" | "before", cursor: string): Position {
  const found = parseCursor(tag, cursor);
  if (found) return found;
  throw callerError("BAD_USER_INPUT", `${argument} is no cursor of this list: hand back what the list gave you.`, { argument: [argument] });
}

@ObjectType({ description: "Where a page stands in its list." })
export class PageInfo {
  @Field(() => Boolean, { description: "True when the list goes on behind this page." })
  hasNextPage!: boolean;
  @Field(() => Boolean, { description: "True when the list has something ahead of this page." })
  hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true, description: "The cursor of the first item; null for an empty page." })
  startCursor!: string | null;
  @Field(() => String, { nullable: true, description: "The cursor of the last item; null for an empty page." })
  endCursor!: string | null;
}

/** The connection type of one noun's list, with its edge type: `UserConnection` and `UserEdge`. */
export function connectionType<Row extends object>(name: string, node: () => ClassType<Row>): ClassType<ConnectionShape<Row>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} of a list, with its place in it.` })
  class EdgeType {
    @Field(() => String, { description: "Hand it back as `after` or `before` to go on from here." })
    cursor!: string;
    @Field(() => node(), { description: `The ${name}.` })
    node!: Row;
  }

  @ObjectType(`${name}Connection`, { description: `One page of a list of ${name}.` })
  class ConnectionType implements ConnectionShape<Row> {
    @Field(() => [EdgeType], { description: "The items with their cursors." })
    edges!: Promise<readonly Edge<Row>[]>;
    @Field(() => [node()], { description: "The items." })
    nodes!: Promise<readonly Row[]>;
    @Field(() => PageInfo, { description: "Where this page stands in the list." })
    pageInfo!: Promise<PageInfo>;
    @Field(() => Int, { description: "How many items the whole list has. Counted only when asked for." })
    totalCount!: Promise<number>;
  }
  return ConnectionType;
}

type ConnectionShape<Row> = Pick<Connection<Row>, "edges" | "nodes" | "pageInfo" | "totalCount">;
