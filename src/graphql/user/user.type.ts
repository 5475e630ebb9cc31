import { Field, ObjectType } from "type-graphql";
import type { Instant } from "../../domain/time.ts";
import { connectionType } from "../connection.ts";
import { NodeInterface } from "../node/node.type.ts";
import { DateTimeScalar } from "../scalars.ts";

@ObjectType("User", { implements: NodeInterface, description: "A person or firm whose accounts are read (the standards' PSU)." })
export class UserType extends NodeInterface {
  @Field(() => String, {
    nullable: true,
    description: "The tenant's own key for the user, unique in the tenant; accepted wherever a user is selected.",
  })
  clientId!: string | null;
  @Field(() => DateTimeScalar, { description: "When the user was created at the hub." })
  createdAt!: Instant;
}

export const UserConnection = connectionType("User", () => UserType);
