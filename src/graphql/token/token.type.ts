import { Field, ObjectType } from "type-graphql";
import type { Instant } from "../../domain/time.ts";
import { PayloadShape } from "../refusal/payload.ts";
import { DateTimeScalar } from "../scalars.ts";

@ObjectType("CreateUserTokenPayload", { description: "What became of `createUserToken`." })
export class CreateUserTokenPayload extends PayloadShape {
  @Field(() => String, {
    nullable: true,
    description: "The token: hand it to the user's browser, which sends `Authorization: Bearer <token>`.",
  })
  token?: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "When it ends." })
  expiresAt?: Instant | null;
}
