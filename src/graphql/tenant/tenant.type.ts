import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Environment } from "../../domain/bank.ts";
import { NodeInterface } from "../node/node.type.ts";
import { UrlScalar } from "../scalars.ts";

registerEnumType(Environment, {
  name: "Environment",
  description: "Whether real banks and real people are behind it.",
  valuesConfig: {
    SANDBOX: { description: "Test banks, test people, a clock that can be moved." },
    PRODUCTION: { description: "Real banks and real people." },
  },
});

@ObjectType("Tenant", {
  implements: NodeInterface,
  description: "A backend that uses the hub: it owns users and authenticates with API keys.",
})
export class TenantType extends NodeInterface {
  @Field(() => String, { description: "The tenant's name, as people know it." })
  name!: string;
  @Field(() => Environment, { description: "Which environment the tenant's keys are good for." })
  environment!: Environment;
  @Field(() => [UrlScalar], { description: "Where users may land after the bank; a consent names one of them, letter by letter." })
  redirectUrls!: readonly string[];
  @Field(() => [UrlScalar], { description: "Where signed POSTs about updates may go; an update names one of them, letter by letter." })
  updateCallbackUrls!: readonly string[];
}
