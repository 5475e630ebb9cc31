import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { tenantUrlFaults } from "../../access/urls.ts";
import type { Tenant } from "../../domain/tenant.ts";
import type { Store } from "../../store/store.ts";
import type { Context } from "../context.ts";
import { payloadType } from "../refusal/payload.ts";
import type { Payload } from "../refusal/refuse.ts";
import { SetTenantUrlsInput } from "./tenant.input.ts";
import { TenantType } from "./tenant.type.ts";

export const SetTenantUrlsPayload = payloadType("SetTenantUrls", "tenant", () => TenantType, "The tenant with its new URLs.");

@Resolver(() => TenantType)
export class TenantResolver {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  @Query(() => TenantType, { nullable: true, description: "The tenant of the caller; null for a user token." })
  tenant(@Ctx() { caller, owner }: Context): Promise<Tenant | null> | null {
    return caller.kind === "tenant" ? this.#store.tenant(owner.tenantId) : null;
  }

  @Mutation(() => SetTenantUrlsPayload, {
    description: "Replaces both lists (PUT semantics). Redirect URLs are mandatory before a consent; callbacks are optional.",
  })
  async setTenantUrls(
    @Arg("input", () => SetTenantUrlsInput, { description: "Both lists." }) { redirectUrls, updateCallbackUrls }: SetTenantUrlsInput,
    @Ctx() { caller, owner: { tenantId } }: Context,
  ): Promise<Payload<"tenant", Tenant>> {
    const environment = caller.kind === "tenant" ? caller.tenant.environment : "PRODUCTION";
    const faults = tenantUrlFaults({ redirectUrls, updateCallbackUrls }, environment);
    if (faults.length > 0) return { errors: faults.map((fault) => ({ type: "InvalidInput", ...fault })) };
    await this.#store.tx((tx) => tx.setTenantUrls(tenantId, redirectUrls, updateCallbackUrls));
    return { tenant: await this.#store.tenant(tenantId), errors: [] };
  }
}
