import { Field, ID, InputType } from "type-graphql";
import { Product } from "../../domain/tenant.ts";
import { UrlScalar } from "../scalars.ts";

@InputType("RegisterTenantInput", { description: "Who wants to use the hub, and for what." })
export class RegisterTenantInput {
  @Field(() => String, { description: "The tenant's name, as people know it." })
  name!: string;
  @Field(() => String, { description: "Where the operator can reach somebody." })
  email!: string;
  @Field(() => [Product], { description: "What it wants to ask banks for." })
  products!: Product[];
  @Field(() => [UrlScalar], { defaultValue: [], description: "Where users may land after the bank; can be set later." })
  redirectUrls!: string[];
}

@InputType("SubscribeToProductsInput", { description: "All products that the tenant wants from now on." })
export class SubscribeToProductsInput {
  @Field(() => [Product], { description: "Granted at the operator's next yes; until then the tenant has what it had." })
  products!: Product[];
}

@InputType("RequestProductionAccessInput", { description: "What the production side of the tenant needs." })
export class RequestProductionAccessInput {
  @Field(() => String, {
    description: "A certificate request (PKCS#10, PEM). Only its public key is taken; the private key stays with you.",
  })
  certificateRequest!: string;
  @Field(() => [String], { description: "The addresses, or networks such as `192.0.2.0/24`, that you will call from." })
  addresses!: string[];
  @Field(() => [UrlScalar], { description: "Where users may land after the bank; https alone." })
  redirectUrls!: string[];
  @Field(() => [UrlScalar], { defaultValue: [], description: "Where signed POSTs about updates may go; https alone." })
  updateCallbackUrls!: string[];
}

@InputType("RevokeApiKeyInput", { description: "Which key." })
export class RevokeApiKeyInput {
  @Field(() => ID, { description: "The part of the key after `hub_<environment>_`." })
  keyId!: string;
}

@InputType("RotateApiKeyInput", { description: "What becomes of the keys that the tenant has." })
export class RotateApiKeyInput {
  @Field(() => ID, { nullable: true, description: "A key that the new one takes the place of at once; all go on when left out." })
  replaces?: string | null;
}

@InputType("ApproveTenantInput", { description: "Which tenant." })
export class ApproveTenantInput {
  @Field(() => ID, { description: "Its id." })
  tenant!: string;
}

@InputType("RefuseTenantInput", { description: "Which tenant." })
export class RefuseTenantInput {
  @Field(() => ID, { description: "Its id." })
  tenant!: string;
}

@InputType("SetAllowedAddressesInput", { description: "The whole list as it shall be from now on." })
export class SetAllowedAddressesInput {
  @Field(() => ID, { description: "The tenant." })
  tenant!: string;
  @Field(() => [String], { description: "Addresses, or networks such as `192.0.2.0/24`, that its production keys are good from." })
  addresses!: string[];
}

@InputType("IssueCertificateInput", { description: "For whom, and from what." })
export class IssueCertificateInput {
  @Field(() => ID, { description: "A production tenant." })
  tenant!: string;
  @Field(() => String, { description: "A certificate request (PKCS#10, PEM), of which only the public key is taken." })
  certificateRequest!: string;
}

@InputType("RevokeCertificateInput", { description: "Which certificate." })
export class RevokeCertificateInput {
  @Field(() => ID, { description: "SHA-256 of its DER form, in lower-case hex." })
  fingerprint!: string;
}
