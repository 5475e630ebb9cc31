import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { TenantAdmin } from "../../access/access.ts";
import type { Environment } from "../../domain/bank.ts";
import type { Outcome } from "../../domain/refusal.ts";
import type { Tenant } from "../../domain/tenant.ts";
import type { Reads } from "../../store/reads.ts";
import type { Context } from "../context.ts";
import { callerError } from "../errors.ts";
import { payload, refused, type Payload } from "../refusal/refuse.ts";
import {
  RegisterTenantInput,
  RequestProductionAccessInput,
  RevokeApiKeyInput,
  RotateApiKeyInput,
  SubscribeToProductsInput,
} from "./onboarding.input.ts";
import {
  RegisterTenantPayload,
  RequestProductionAccessPayload,
  RevokeApiKeyPayload,
  RotateApiKeyPayload,
  SubscribeToProductsPayload,
} from "./onboarding.payload.ts";

/** What tenants do on their way in, and with their own keys. */
@Resolver()
export class OnboardingMutations {
  readonly #admin: TenantAdmin;
  readonly #store: Pick<Reads, "tenant">;
  readonly #environment: Environment;

  constructor(admin: TenantAdmin, store: Pick<Reads, "tenant">, environment: Environment) {
    this.#admin = admin;
    this.#store = store;
    this.#environment = environment;
  }

  @Mutation(() => RegisterTenantPayload, {
    description: "Asks to use the hub, without any credential. An operator verifies the tenant; production follows from the sandbox.",
  })
  async registerTenant(
    @Arg("input", () => RegisterTenantInput, { description: "Who, and for what." }) input: RegisterTenantInput,
  ): Promise<RegisterTenantPayload> {
    if (this.#environment === "PRODUCTION") return refused("Conflict", "Register at the sandbox; production follows from there.", []);
    return flat(await this.#admin.register(input));
  }

  @Mutation(() => SubscribeToProductsPayload, { description: "Says which products the tenant wants; an operator grants them." })
  async subscribeToProducts(
    @Arg("input", () => SubscribeToProductsInput, { description: "All of them." }) { products }: SubscribeToProductsInput,
    @Ctx() { owner }: Context,
  ): Promise<Payload<"tenant", Tenant>> {
    return payload("tenant", await this.#admin.subscribe(owner.tenantId, products));
  }

  @Mutation(() => RequestProductionAccessPayload, {
    description: "Asks for the production side of a verified sandbox tenant: a tenant of its own, with keys, certificate and addresses.",
  })
  async requestProductionAccess(
    @Arg("input", () => RequestProductionAccessInput, { description: "What it needs." }) input: RequestProductionAccessInput,
    @Ctx() { caller }: Context,
  ): Promise<RequestProductionAccessPayload> {
    if (caller.kind !== "tenant") throw callerError("FORBIDDEN", "Only a tenant credential may do this.");
    return flat(await this.#admin.requestProduction(caller.tenant, input));
  }

  @Mutation(() => RotateApiKeyPayload, {
    description: "A new key, beside the one that there is or in the place of it; at most two live at a time.",
  })
  async rotateApiKey(
    @Arg("input", () => RotateApiKeyInput, { description: "Whether it replaces one." }) { replaces = null }: RotateApiKeyInput,
    @Ctx() { owner }: Context,
  ): Promise<RotateApiKeyPayload> {
    return flat(await this.#admin.rotateKey(owner.tenantId, replaces));
  }

  @Mutation(() => RevokeApiKeyPayload, { description: "Ends one of the tenant's keys within a second, on open sockets too." })
  async revokeApiKey(
    @Arg("input", () => RevokeApiKeyInput, { description: "Which one." }) { keyId }: RevokeApiKeyInput,
    @Ctx() { owner }: Context,
  ): Promise<Payload<"tenant", Tenant>> {
    if (!(await this.#admin.revokeKey(keyId, owner.tenantId))) return refused("NotFound", "There is no such live key.", ["keyId"]);
    return { tenant: await this.#store.tenant(owner.tenantId), errors: [] };
  }
}

/** A payload whose fields are the outcome's own. */
function flat<T extends object>(outcome: Outcome<T>): (T | object) & Pick<RegisterTenantPayload, "errors"> {
  return outcome.ok ? { ...outcome.value, errors: [] } : { errors: outcome.refusals };
}
