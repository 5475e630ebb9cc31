import { Field, ID, ObjectType } from "type-graphql";
import type { Tenant } from "../../domain/tenant.ts";
import { payloadType, PayloadShape } from "../refusal/payload.ts";
import { TenantType } from "../tenant/tenant.type.ts";
import { ClientCertificateType } from "./onboarding.type.ts";

@ObjectType("RegisterTenantPayload", { description: "What became of `registerTenant`." })
export class RegisterTenantPayload extends PayloadShape {
  @Field(() => TenantType, { nullable: true, description: "The tenant, REGISTERED." })
  tenant?: Tenant | null;
  @Field(() => String, {
    nullable: true,
    description: "Its first API key, shown this once; good for seeing how it stands, and for everything once an operator has verified it.",
  })
  apiKey?: string | null;
}

@ObjectType("RequestProductionAccessPayload", { description: "What became of `requestProductionAccess`." })
export class RequestProductionAccessPayload extends PayloadShape {
  @Field(() => TenantType, { nullable: true, description: "The production side of the tenant, REGISTERED." })
  tenant?: Tenant | null;
  @Field(() => String, { nullable: true, description: "Its first API key, shown this once; good once an operator has let it in." })
  apiKey?: string | null;
}

@ObjectType("RotateApiKeyPayload", { description: "What became of `rotateApiKey`." })
export class RotateApiKeyPayload extends PayloadShape {
  @Field(() => ID, { nullable: true, description: "The new key's id." })
  keyId?: string | null;
  @Field(() => String, { nullable: true, description: "The new key, shown this once." })
  apiKey?: string | null;
}

export const SubscribeToProductsPayload = payloadType("SubscribeToProducts", "tenant", () => TenantType, "The tenant with its wishes.");
export const RevokeApiKeyPayload = payloadType("RevokeApiKey", "tenant", () => TenantType, "The tenant with its keys.");
export const ApproveTenantPayload = payloadType("ApproveTenant", "tenant", () => TenantType, "The tenant, VERIFIED.");
export const RefuseTenantPayload = payloadType("RefuseTenant", "tenant", () => TenantType, "The tenant, REFUSED.");
export const SetAllowedAddressesPayload = payloadType("SetAllowedAddresses", "tenant", () => TenantType, "The tenant with its addresses.");
export const IssueCertificatePayload = payloadType(
  "IssueCertificate",
  "certificate",
  () => ClientCertificateType,
  "The certificate, beside those that the tenant has.",
);
export const RevokeCertificatePayload = payloadType(
  "RevokeCertificate",
  "certificate",
  () => ClientCertificateType,
  "The certificate, revoked.",
);
