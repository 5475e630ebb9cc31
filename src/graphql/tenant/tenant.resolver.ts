import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { tenantUrlFaults } from "../../access/urls.ts";
import type { AuditEntry } from "../../domain/audit.ts";
import { TenantStatus, type Tenant } from "../../domain/tenant.ts";
import type { Store } from "../../store/store.ts";
import { connect, connectionType, idPosition, PageArgs, type Connection } from "../connection.ts";
import type { Context } from "../context.ts";
import { ApiKeyType, AuditEntryConnection, ClientCertificateType } from "../onboarding/onboarding.type.ts";
import { payloadType } from "../refusal/payload.ts";
import type { Payload } from "../refusal/refuse.ts";
import { SetTenantUrlsInput } from "./tenant.input.ts";
import { TenantType } from "./tenant.type.ts";

const TenantConnection = connectionType("Tenant", () => TenantType);
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

  @Query(() => TenantConnection, { description: "All tenants of the hub, oldest first: for operators." })
  tenants(
    @Args(() => PageArgs) args: PageArgs,
    @Arg("status", () => TenantStatus, { nullable: true, description: "Only tenants that stand so." })
    status: TenantStatus | null | undefined,
  ): Connection<Tenant> {
    const [store, wanted] = [this.#store, status ?? null];
    return connect<Tenant>(
      {
        tag: "tenant",
        load: (page) => store.tenantsInPages(wanted, page),
        count: () => store.countTenants(wanted),
        positionOf: idPosition,
      },
      args,
    );
  }

  @FieldResolver(() => [ApiKeyType], { description: "Its API keys, without their secrets." })
  keys(@Root() { id }: Tenant): Promise<readonly ApiKeyType[]> {
    return this.#store.apiKeys(id);
  }

  @FieldResolver(() => [ClientCertificateType], { description: "Its certificates, newest first." })
  certificates(@Root() { id }: Tenant): Promise<readonly ClientCertificateType[]> {
    return this.#store.clientCertificates(id);
  }

  @FieldResolver(() => TenantType, { nullable: true, description: "Its production side; null where it never asked for one." })
  production(@Root() { id }: Tenant): Promise<Tenant | null> {
    return this.#store.productionTenantOf(id);
  }

  @FieldResolver(() => AuditEntryConnection, { description: "Who did what, newest first." })
  auditLog(@Root() { id }: Tenant, @Args(() => PageArgs) args: PageArgs): Connection<AuditEntry> {
    const store = this.#store;
    return connect<AuditEntry>(
      {
        tag: "audit",
        load: (page) => store.auditEntries(id, page),
        count: () => store.countAuditEntries(id),
        positionOf: ({ seq }) => ({ key: null, id: String(seq) }),
      },
      args,
    );
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
