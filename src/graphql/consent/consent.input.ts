import { Field, ID, InputType, Int } from "type-graphql";
import { ConsentScope, PsuType } from "../../domain/bank.ts";
import { BankBy } from "../bank/bank.input.ts";
import { UrlScalar } from "../scalars.ts";
import { UserBy } from "../user/user.input.ts";

@InputType("CreateConsentInput", { description: "A consent to ask for." })
export class CreateConsentInput {
  @Field(() => UserBy, { nullable: true, description: "Whose accounts; the viewer when called with a user token." })
  user?: UserBy | null;
  @Field(() => BankBy, { description: "At which bank." })
  bank!: BankBy;
  @Field(() => UrlScalar, { description: "Where the user lands after the bank: one of the tenant's registered URLs, letter by letter." })
  redirectUrl!: string;
  @Field(() => [ConsentScope], {
    nullable: true,
    defaultValue: ["ACCOUNTS", "BALANCES", "TRANSACTIONS"],
    description: "What it shall let the hub read.",
  })
  scopes?: ConsentScope[] | null;
  @Field(() => PsuType, { nullable: true, defaultValue: "PERSONAL", description: "As whom the user signs in at the bank." })
  psuType?: PsuType | null;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: "Starts the first update by itself once the consent is given.",
  })
  startUpdate?: boolean | null;
  @Field(() => String, { nullable: true, description: "The same key with the same input answers the same consent, once more." })
  idempotencyKey?: string | null;
}

@InputType("RenewConsentInput", { description: "A consent to authorise anew." })
export class RenewConsentInput {
  @Field(() => ID, { description: "The consent." })
  consentId!: string;
  @Field(() => UrlScalar, { nullable: true, description: "Another of the tenant's registered URLs; the consent's own when left out." })
  redirectUrl?: string | null;
}

@InputType("DeleteConsentInput", { description: "A consent to end and erase." })
export class DeleteConsentInput {
  @Field(() => ID, { description: "The consent." })
  consentId!: string;
}

@InputType("SetUpdateScheduleInput", { description: "How often a consent is updated in the background." })
export class SetUpdateScheduleInput {
  @Field(() => ID, { description: "The consent." })
  consentId!: string;
  @Field(() => Int, { description: "How many times a day, within the bank's quota; 0 switches it off." })
  timesPerDay!: number;
}
