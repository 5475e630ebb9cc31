import { Field, ID, InputType } from "type-graphql";
import { UrlScalar } from "../scalars.ts";

@InputType("PsuContextInput", { description: "The user is present: forwarded to the bank, so the call is not counted as unattended." })
export class PsuContextInput {
  @Field(() => String, { description: "The user's IP address, version 4 or 6." })
  ipAddress!: string;
  @Field(() => String, { nullable: true, description: "The user's browser, as its User-Agent header says." })
  userAgent?: string | null;
  @Field(() => String, { nullable: true, description: "The user's languages, as the Accept-Language header says." })
  acceptLanguage?: string | null;
}

@InputType("CreateUpdateInput", { description: "An update to run." })
export class CreateUpdateInput {
  @Field(() => ID, { description: "The consent to update." })
  consentId!: string;
  @Field(() => UrlScalar, {
    nullable: true,
    description: "One of the tenant's registered callback URLs: gets a signed POST on every status change.",
  })
  callbackUrl?: string | null;
  @Field(() => PsuContextInput, { nullable: true, description: "Only while the user is present." })
  psuContext?: PsuContextInput | null;
  @Field(() => String, { nullable: true, description: "The same key answers the same update, once more." })
  idempotencyKey?: string | null;
}

@InputType("CancelUpdateInput", { description: "An update to stop." })
export class CancelUpdateInput {
  @Field(() => ID, { description: "The update." })
  updateId!: string;
}
