import { Field, InputType } from "type-graphql";
import { UrlScalar } from "../scalars.ts";

@InputType("SetTenantUrlsInput", { description: "Both lists as they shall be from now on; what is left out is gone." })
export class SetTenantUrlsInput {
  @Field(() => [UrlScalar], { description: "Where users may land after the bank. https, or http on loopback in the sandbox." })
  redirectUrls!: string[];
  @Field(() => [UrlScalar], { defaultValue: [], description: "Where signed POSTs about updates may go." })
  updateCallbackUrls!: string[];
}
