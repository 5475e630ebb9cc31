import { Field, ID, InterfaceType } from "type-graphql";
import { nodeTypeOf } from "../../domain/ids.ts";

/** Everything with a global id. The type follows from the id's prefix; banks carry theirs only outside. */
@InterfaceType("Node", { description: "Anything that can be found again by its id, with `node(id:)`.", resolveType: nodeTypeName })
export abstract class NodeInterface {
  @Field(() => ID, { description: "Globally unique, opaque, and the same for as long as the object lives." })
  id!: string;
}

export function nodeTypeName(value: { readonly id: string; readonly standard?: string }): string | undefined {
  return value.standard === undefined ? (nodeTypeOf(value.id) ?? undefined) : "Bank";
}
