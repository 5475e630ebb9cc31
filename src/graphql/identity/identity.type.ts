import { Field, ObjectType } from "type-graphql";
import type { Day, Instant } from "../../domain/time.ts";
import { DateScalar, DateTimeScalar } from "../scalars.ts";

@ObjectType("Identity", {
  description: "Verified identity (KYC) of a holder, as one bank reports it. Needs scope IDENTITY on the consent and on a user token.",
})
export class IdentityType {
  @Field(() => String, { description: "The full name." })
  fullName!: string;
  @Field(() => DateScalar, { nullable: true, description: "The day of birth." })
  birthDate!: Day | null;
  @Field(() => [String], { description: "Postal addresses, each in one text." })
  addresses!: readonly string[];
  @Field(() => [String], { description: "Email addresses." })
  emails!: readonly string[];
  @Field(() => [String], { description: "Telephone numbers." })
  phones!: readonly string[];
  @Field(() => DateTimeScalar, { description: "When the hub asked for it." })
  fetchedAt!: Instant;
}
