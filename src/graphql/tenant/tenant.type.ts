import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Environment } from "../../domain/bank.ts";
import { Product, TenantStatus } from "../../domain/tenant.ts";
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
  @Field(() => TenantStatus, { description: "Where it stands with the operator of the hub." })
  status!: TenantStatus;
  @Field(() => String, { nullable: true, description: "Where somebody can be reached; null for a tenant that an operator made." })
  email!: string | null;
  @Field(() => [Product], { description: "What it may ask banks for." })
  products!: readonly Product[];
  @Field(() => [Product], { description: "What it wants to ask banks for: `products` after the operator's next yes." })
  requestedProducts!: readonly Product[];
  @Field(() => [String], { description: "The addresses and networks that its keys are good from in production." })
  allowedAddresses!: readonly string[];
}
