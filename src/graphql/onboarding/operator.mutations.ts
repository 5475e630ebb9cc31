import { Arg, Mutation, Resolver } from "type-graphql";
import type { TenantAdmin } from "../../access/access.ts";
import { nodeTypeOf, type TenantId } from "../../domain/ids.ts";
import type { Tenant } from "../../domain/tenant.ts";
import type { ClientCertificate } from "../../store/reads.ts";
import { payload, refused, type Payload } from "../refusal/refuse.ts";
import {
  ApproveTenantInput,
  IssueCertificateInput,
  RefuseTenantInput,
  RevokeCertificateInput,
  SetAllowedAddressesInput,
} from "./onboarding.input.ts";
import {
  ApproveTenantPayload,
  IssueCertificatePayload,
  RefuseTenantPayload,
  RevokeCertificatePayload,
  SetAllowedAddressesPayload,
} from "./onboarding.payload.ts";

/** What operators do with tenants. */
@Resolver()
export class OperatorMutations {
  readonly #admin: TenantAdmin;

  constructor(admin: TenantAdmin) {
    this.#admin = admin;
  }

  @Mutation(() => ApproveTenantPayload, {
    description: "Verifies a tenant and grants the products it wants; lets a production tenant in and issues its certificate.",
  })
  async approveTenant(
    @Arg("input", () => ApproveTenantInput, { description: "Which one." }) { tenant }: ApproveTenantInput,
  ): Promise<Payload<"tenant", Tenant>> {
    return isTenantId(tenant) ? payload("tenant", await this.#admin.decide(tenant, true)) : noTenant();
  }

  @Mutation(() => RefuseTenantPayload, { description: "Ends everything that the tenant's credentials were good for, within a second." })
  async refuseTenant(
    @Arg("input", () => RefuseTenantInput, { description: "Which one." }) { tenant }: RefuseTenantInput,
  ): Promise<Payload<"tenant", Tenant>> {
    return isTenantId(tenant) ? payload("tenant", await this.#admin.decide(tenant, false)) : noTenant();
  }

  @Mutation(() => SetAllowedAddressesPayload, { description: "Replaces the addresses that a tenant's production keys are good from." })
  async setAllowedAddresses(
    @Arg("input", () => SetAllowedAddressesInput, { description: "The list." }) { tenant, addresses }: SetAllowedAddressesInput,
  ): Promise<Payload<"tenant", Tenant>> {
    return isTenantId(tenant) ? payload("tenant", await this.#admin.setAddresses(tenant, addresses)) : noTenant();
  }

  @Mutation(() => IssueCertificatePayload, {
    description: "One more certificate for a production tenant: a new one before the old one ends.",
  })
  async issueCertificate(
    @Arg("input", () => IssueCertificateInput, { description: "For whom." }) { tenant, certificateRequest }: IssueCertificateInput,
  ): Promise<Payload<"certificate", ClientCertificate>> {
    return isTenantId(tenant) ? payload("certificate", await this.#admin.issueCertificate(tenant, certificateRequest)) : noTenant();
  }

  @Mutation(() => RevokeCertificatePayload, { description: "Ends a certificate within a second, on open sockets too." })
  async revokeCertificate(
    @Arg("input", () => RevokeCertificateInput, { description: "Which one." }) { fingerprint }: RevokeCertificateInput,
  ): Promise<Payload<"certificate", ClientCertificate>> {
    return payload("certificate", await this.#admin.revokeCertificate(fingerprint));
  }
}

function isTenantId(id: string): id is TenantId {
  return nodeTypeOf(id) === "Tenant";
}

function noTenant(): ReturnType<typeof refused> {
  return refused("NotFound", "There is no such tenant.", ["tenant"]);
}
