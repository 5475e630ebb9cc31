import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from "graphql";
import { DEFAULT_PAGE, MAX_PAGE } from "./page-size.ts";

/** The most one operation may cost, in points. */
export const MAX_COST = 10_000;
/** A point stands for this many rows that an operation may make the hub read. */
const ROWS_PER_POINT = 10;
/** What a user has of these where no size is asked for: a handful, though the page would hold {@link DEFAULT_PAGE}. */
const HANDFUL = 5;
const FEW: ReadonlySet<string> = new Set(["consents", "accounts", "updates"]);
/** Rows assumed behind a list that is not paged (balances, steps): bounded by what a bank has, not by the caller. */
const UNPAGED_LIST = 10;
/** Counting a list reads its index. */
const COUNT_ROWS = 10;
/** A mutation writes, and may call a bank. */
const MUTATION_ROWS = 100;
/** The whole schema is a long answer. */
const INTROSPECTION_ROWS = 1_000;

export type Variables = Readonly<Record<string, unknown>>;

/** What an operation costs with these variables, in points; 1 at least. */
export type Cost = (variables: Variables) => number;

/** Rows below a selection: a number where no variable has a say, so that most documents are counted once and for all. */
type Rows = number | ((variables: Variables) => number);

/**
 * The cost of an operation, read off its text in one walk: every object with an id that may be read counts as a row, pages and lists
 * multiply what is below them. For documents within the limits of {@link tooMuch}, whose expanded size is bounded; what is not in the
 * schema counts as nothing, because validation refuses it.
 */
export function costOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Cost {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const defaults: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? [])
    if (defaultValue) defaults[variable.name.value] = literal(defaultValue);
  const root = schema.getRootType(operation.operation);
  const rows = rowsBelow({ schema, fragments, visiting: new Set() }, root ?? undefined, operation.selectionSet);
  if (typeof rows === "number") {
    const points = pointsFor(rows);
    return () => points;
  }
  return (variables) => pointsFor(rows({ ...defaults, ...variables }));
}

function pointsFor(rows: number): number {
  return Math.max(1, Math.ceil(rows / ROWS_PER_POINT));
}

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Fragments on the way down: a circle counts as nothing. */
  readonly visiting: Set<string>;
}

/** @param size - how long the lists of a page are */
function rowsBelow(walk: Walk, type: GraphQLNamedType | undefined, set: SelectionSetNode, size: Rows = 1): Rows {
  let rows: Rows = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) rows = plus(rows, rowsOf(walk, type, selection, size));
    else if (selection.kind === Kind.INLINE_FRAGMENT)
      rows = plus(rows, rowsBelow(walk, named(walk, selection.typeCondition?.name.value) ?? type, selection.selectionSet, size));
    else {
      const name = selection.name.value;
      const fragment = walk.fragments.get(name);
      if (!fragment || walk.visiting.has(name)) continue;
      walk.visiting.add(name);
      rows = plus(rows, rowsBelow(walk, named(walk, fragment.typeCondition.name.value), fragment.selectionSet, size));
      walk.visiting.delete(name);
    }
  }
  return rows;
}

function named(walk: Walk, name: string | undefined): GraphQLNamedType | undefined {
  return name === undefined ? undefined : walk.schema.getType(name);
}

function rowsOf(walk: Walk, parent: GraphQLNamedType | undefined, node: FieldNode, size: Rows): Rows {
  const name = node.name.value;
  if (name === "__schema" || name === "__type") return INTROSPECTION_ROWS;
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
  if (!field) return 0;
  if (name === "totalCount") return COUNT_ROWS;
  const type = getNamedType(field.type);
  const mutation = parent === walk.schema.getMutationType() ? MUTATION_ROWS : 0;
  if (!node.selectionSet) return mutation;
  if (isPaged(field)) return plus(rowsBelow(walk, type, node.selectionSet, sizeOf(field, node)), 1);
  const each = plus(rowsBelow(walk, type, node.selectionSet), isRow(type) ? 1 : 0);
  if (name === "nodes" && field.args.some((argument) => argument.name === "ids")) return times(each, lengthOf(node));
  if (!isListType(getNullableType(field.type))) return plus(each, mutation);
  return isPage(parent) ? times(each, size) : plus(times(each, UNPAGED_LIST), 1);
}

function isPaged(field: GraphQLField<unknown, unknown>): boolean {
  return field.args.some(({ name }) => name === "first");
}

/** Connections and pages of changes: their lists are as long as the field above them says. */
function isPage(type: GraphQLNamedType | undefined): boolean {
  return type !== undefined && /(Connection|Page)$/.test(type.name);
}

/** What is found by an id of its own costs a read; values inside a row come with it. */
function isRow(type: GraphQLNamedType): boolean {
  if (isAbstractType(type)) return true;
  return isObjectType(type) && (type.getInterfaces().some(({ name }) => name === "Node" || name === "Change") || type.name === "Identity");
}

function sizeOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Rows {
  const given = (node.arguments ?? []).filter(({ name }) => name.value === "first" || name.value === "last");
  const own = field.args.find(({ name }) => name === "first")?.defaultValue;
  const fallback = typeof own === "number" ? own : DEFAULT_PAGE;
  if (given.length === 0) return FEW.has(field.name) ? HANDFUL : fallback;
  return given.reduce<Rows>((most, { value }) => larger(most, readSize(value, fallback)), 0);
}

function readSize(value: ValueNode, fallback: number): Rows {
  if (value.kind !== Kind.VARIABLE) return clamp(literal(value), fallback);
  const name = value.name.value;
  return (variables) => clamp(variables[name], fallback);
}

/** Sizes out of range are refused by the list itself; they count as the nearest size that is not. */
function clamp(value: unknown, fallback: number): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.min(Math.max(value, 1), MAX_PAGE) : fallback;
}

/** How many ids are asked for: a list, or one alone, which GraphQL takes for a list of one. */
function lengthOf(node: FieldNode): Rows {
  const ids = (node.arguments ?? []).find(({ name }) => name.value === "ids")?.value;
  if (ids?.kind === Kind.LIST) return Math.min(ids.values.length, MAX_PAGE);
  if (ids?.kind !== Kind.VARIABLE) return 1;
  const name = ids.name.value;
  return (variables) => {
    const value = variables[name];
    return Array.isArray(value) ? Math.min(value.length, MAX_PAGE) : 1;
  };
}

function literal(value: ValueNode): unknown {
  if (value.kind === Kind.INT) return Number(value.value);
  return value.kind === Kind.LIST ? value.values.map(literal) : undefined;
}

function plus(a: Rows, b: Rows): Rows {
  return combine(a, b, (left, right) => left + right);
}

function times(a: Rows, b: Rows): Rows {
  return combine(a, b, (left, right) => left * right);
}

function larger(a: Rows, b: Rows): Rows {
  return combine(a, b, Math.max);
}

function combine(a: Rows, b: Rows, operator: (left: number, right: number) => number): Rows {
  if (typeof a === "number" && typeof b === "number") return operator(a, b);
  const [left, right] = [a, b].map((rows) => (typeof rows === "number" ? () => rows : rows)) as [
    Exclude<Rows, number>,
    Exclude<Rows, number>,
  ];
  return (variables) => operator(left(variables), right(variables));
}
