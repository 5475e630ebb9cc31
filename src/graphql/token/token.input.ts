import { Field, InputType, Int, registerEnumType } from "type-graphql";
import { TokenScope } from "../../domain/tenant.ts";
import { UrlScalar } from "../scalars.ts";
import { UserBy } from "../user/user.input.ts";

registerEnumType(TokenScope, {
  name: "TokenScope",
  description: "What a user token may do.",
  valuesConfig: {
    READ: { description: "Read the user's own data, identity excepted." },
    WRITE: { description: "Open, renew and delete consents, start and cancel updates." },
    IDENTITY: { description: "Read the verified identity (KYC)." },
  },
});

@InputType("CreateUserTokenInput", { description: "What the token is bound to." })
export class CreateUserTokenInput {
  @Field(() => UserBy, { description: "The user it speaks for." })
  user!: UserBy;
  @Field(() => [TokenScope], { nullable: true, defaultValue: ["READ", "WRITE"], description: "What it may do." })
  scopes?: TokenScope[] | null;
  @Field(() => UrlScalar, {
    nullable: true,
    description: "The browser origin it is good for, such as `https://app.example`; any when left out.",
  })
  origin?: string | null;
  @Field(() => Int, { nullable: true, defaultValue: 900, description: "How long it lives, in seconds: 60 to 3600." })
  ttlSeconds?: number | null;
}
