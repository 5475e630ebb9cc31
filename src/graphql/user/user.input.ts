import { Field, ID, InputType } from "type-graphql";

@InputType("UserBy", { description: "Chooses a user in exactly one way." })
export class UserBy {
  @Field(() => ID, { nullable: true, description: "By `User.id`." })
  id?: string | null;
  @Field(() => String, { nullable: true, description: "By the tenant's own key, `User.clientId`." })
  clientId?: string | null;
}

@InputType("CreateUserInput", { description: "A new user of the tenant." })
export class CreateUserInput {
  @Field(() => String, { nullable: true, description: "The tenant's own key for the user, unique in the tenant; 1 to 200 characters." })
  clientId?: string | null;
}

@InputType("DeleteUserInput", { description: "Which user to erase, with everything acquired for them." })
export class DeleteUserInput {
  @Field(() => UserBy, { description: "The user." })
  user!: UserBy;
}
