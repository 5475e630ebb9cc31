import { Field, ObjectType, type ClassType } from "type-graphql";
import type { Refusal } from "../../domain/refusal.ts";
import { UserError } from "./refusal.type.ts";

/** What every mutation's payload has. */
@ObjectType({ description: "What every mutation's payload has." })
export abstract class PayloadShape {
  @Field(() => [UserError], { description: "Why it was not done; empty when it was." })
  errors!: readonly Refusal[];
}

/** The payload type of a mutation that answers one object, named `<mutation>Payload`. */
export function payloadType(name: string, field: string, type: () => ClassType, description: string): ClassType<PayloadShape> {
  @ObjectType(`${name}Payload`, { description: `What became of \`${name.charAt(0).toLowerCase()}${name.slice(1)}\`.` })
  class PayloadType extends PayloadShape {}
  Field(() => type(), { nullable: true, description })(PayloadType.prototype, field);
  return PayloadType;
}
