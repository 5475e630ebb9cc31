import { Kind, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode } from "graphql";

/** Bounds that one operation must keep (security.md, GraphQL over HTTP and sockets). */
export const LIMITS = { aliases: 30, directives: 8, fields: 500, depth: 12 } as const;

interface Size {
  readonly fields: number;
  readonly depth: number;
}

/**
 * Checks a parsed document in time linear in its length: each fragment is measured once and then only counted, so that chained
 * fragments cost nothing to refuse. Runs before validation, which is not linear.
 * @returns what is too much, for people; null = fine
 */
export function tooMuch(document: DocumentNode): string | null {
  const counted = countNodes(document);
  if (counted.aliases > LIMITS.aliases)
    return `The document has ${String(counted.aliases)} aliases; ${String(LIMITS.aliases)} are allowed.`;
  if (counted.directives > LIMITS.directives)
    return `The document has ${String(counted.directives)} directives; ${String(LIMITS.directives)} are allowed.`;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measured = new Map<string, Size>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (definition.operation === "subscription" && directsRoot(definition.selectionSet, fragments, new Set()))
      return "A subscription's root field takes no directives."; // left out by one, it makes graphql-js 16 throw
    const { fields, depth } = measure(definition.selectionSet, fragments, measured);
    if (fields > LIMITS.fields) return `The operation selects more than ${String(LIMITS.fields)} fields. Split it.`;
    if (depth > LIMITS.depth) return `The operation is ${String(depth)} levels deep; ${String(LIMITS.depth)} are allowed.`;
  }
  return null;
}

function measure(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>, measured: Map<string, Size>): Size {
  let fields = 0;
  let depth = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const below = selection.selectionSet ? measure(selection.selectionSet, fragments, measured) : { fields: 0, depth: 0 };
      fields += 1 + below.fields;
      depth = Math.max(depth, 1 + below.depth);
    } else {
      const size =
        selection.kind === Kind.INLINE_FRAGMENT
          ? measure(selection.selectionSet, fragments, measured)
          : fragmentSize(selection.name.value, fragments, measured);
      fields += size.fields;
      depth = Math.max(depth, size.depth);
    }
  }
  return { fields, depth };
}

function fragmentSize(name: string, fragments: ReadonlyMap<string, FragmentDefinitionNode>, measured: Map<string, Size>): Size {
  const known = measured.get(name);
  if (known) return known;
  // A fragment that spreads itself counts as nothing here; validation refuses it by name.
  measured.set(name, { fields: 0, depth: 0 });
  const fragment = fragments.get(name);
  const size = fragment ? measure(fragment.selectionSet, fragments, measured) : { fields: 0, depth: 0 };
  measured.set(name, size);
  return size;
}

function countNodes(document: DocumentNode): { aliases: number; directives: number } {
  let [aliases, directives] = [0, 0];
  const walk = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD && selection.alias) aliases++;
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet) walk(selection.selectionSet);
    }
  };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    directives += definition.directives?.length ?? 0;
    walk(definition.selectionSet);
  }
  return { aliases, directives };
}

/** Whether a directive stands at the root of a selection, or on a fragment in it. */
function directsRoot(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>, visited: Set<string>): boolean {
  return set.selections.some((selection) => {
    if (selection.directives?.length) return true;
    if (selection.kind === Kind.FIELD) return false;
    if (selection.kind === Kind.INLINE_FRAGMENT) return directsRoot(selection.selectionSet, fragments, visited);
    const fragment = fragments.get(selection.name.value);
    if (!fragment || visited.has(fragment.name.value)) return false;
    visited.add(fragment.name.value);
    return directsRoot(fragment.selectionSet, fragments, visited);
  });
}
