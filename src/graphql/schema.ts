import "reflect-metadata";
import { GraphQLInputObjectType, GraphQLInterfaceType, lexicographicSortSchema, printSchema, type GraphQLSchema } from "graphql";
import { buildSchemaSync, type PubSub } from "type-graphql";
import type { Access, TenantAdmin } from "../access/access.ts";
import type { BankDirectory } from "../banks/directory.ts";
import type { Consents } from "../consents/consents.ts";
import type { Environment } from "../domain/bank.ts";
import type { Clock } from "../domain/time.ts";
import type { Store } from "../store/store.ts";
import type { UpdateRequests } from "../sync/requests.ts";
import { applyAccessRules } from "./access-rules.ts";
import { AccountResolver, BalanceResolver } from "./account/account.resolver.ts";
import { BankResolver } from "./bank/bank.resolver.ts";
import {
  AccountChangedResolver,
  BalanceChangedResolver,
  ChangeResolver,
  ConsentChangedResolver,
  IdentityChangedResolver,
  TransactionAddedResolver,
  TransactionModifiedResolver,
  UpdateChangedResolver,
} from "./change/change.resolver.ts";
import { changeTypeName } from "./change/change.type.ts";
import { ConsentMutations } from "./consent/consent.mutations.ts";
import { ConsentResolver } from "./consent/consent.resolver.ts";
import { IdentityResolver } from "./identity/identity.resolver.ts";
import { NodeResolver } from "./node/node.resolver.ts";
import { nodeTypeName } from "./node/node.type.ts";
import { OnboardingMutations } from "./onboarding/onboarding.mutations.ts";
import { OperatorMutations } from "./onboarding/operator.mutations.ts";
import { refusalTypeName } from "./refusal/refusal.type.ts";
import { shortenResolvers } from "./short-resolvers.ts";
import { SubscriptionResolver } from "./subscription/subscription.resolver.ts";
import { TenantResolver } from "./tenant/tenant.resolver.ts";
import { TokenResolver } from "./token/token.resolver.ts";
import { TransactionResolver } from "./transaction/transaction.resolver.ts";
import { UpdateMutations } from "./update/update.mutations.ts";
import { UpdateResolver, UpdateStepResolver } from "./update/update.resolver.ts";
import { UserMutations } from "./user/user.mutations.ts";
import { UserResolver } from "./user/user.resolver.ts";

/** What the resolvers call. */
export interface SchemaParts {
  readonly store: Store;
  readonly access: Pick<Access, "createUserToken">;
  readonly consents: Consents;
  readonly requests: Pick<UpdateRequests, "create" | "cancel">;
  readonly banks: BankDirectory;
  readonly clock: Clock;
  readonly admin: TenantAdmin;
  readonly environment: Environment;
}

/** Each resolver with what it takes: the only wiring there is. */
const RESOLVERS = [
  [NodeResolver, ({ banks, store }: SchemaParts) => new NodeResolver(banks, store)],
  [TenantResolver, ({ store }: SchemaParts) => new TenantResolver(store)],
  [OnboardingMutations, ({ admin, store, environment }: SchemaParts) => new OnboardingMutations(admin, store, environment)],
  [OperatorMutations, ({ admin }: SchemaParts) => new OperatorMutations(admin)],
  [TokenResolver, ({ access, store }: SchemaParts) => new TokenResolver(access, store)],
  [UserResolver, ({ store }: SchemaParts) => new UserResolver(store)],
  [UserMutations, ({ store, consents, clock }: SchemaParts) => new UserMutations(store, consents, clock)],
  [BankResolver, ({ banks }: SchemaParts) => new BankResolver(banks)],
  [ConsentResolver, ({ banks }: SchemaParts) => new ConsentResolver(banks)],
  [ConsentMutations, ({ consents, store, banks }: SchemaParts) => new ConsentMutations(consents, store, banks)],
  [UpdateResolver, ({ store }: SchemaParts) => new UpdateResolver(store)],
  [UpdateStepResolver, () => new UpdateStepResolver()],
  [UpdateMutations, ({ requests }: SchemaParts) => new UpdateMutations(requests)],
  [AccountResolver, ({ banks }: SchemaParts) => new AccountResolver(banks)],
  [BalanceResolver, () => new BalanceResolver()],
  [TransactionResolver, () => new TransactionResolver()],
  [IdentityResolver, ({ banks }: SchemaParts) => new IdentityResolver(banks)],
  [ChangeResolver, () => new ChangeResolver()],
  [ConsentChangedResolver, () => new ConsentChangedResolver()],
  [UpdateChangedResolver, () => new UpdateChangedResolver()],
  [AccountChangedResolver, () => new AccountChangedResolver()],
  [BalanceChangedResolver, () => new BalanceChangedResolver()],
  [TransactionAddedResolver, () => new TransactionAddedResolver()],
  [TransactionModifiedResolver, () => new TransactionModifiedResolver()],
  [IdentityChangedResolver, () => new IdentityChangedResolver()],
  [SubscriptionResolver, () => new SubscriptionResolver()],
] as const;

/**
 * The schema over the parts. Null parts = the schema for reading alone (SDL, tests of its shape): nothing in it can be executed.
 * @param shorten - what goes between type-graphql's resolvers and the access rules; another one for the test that compares the two
 */
export function buildHubSchema(parts: SchemaParts | null, shorten = shortenResolvers): GraphQLSchema {
  const instances = new Map<unknown, object>(parts ? RESOLVERS.map(([type, create]) => [type, create(parts)]) : []);
  const [first, ...rest] = RESOLVERS.map(([type]) => type);
  const schema = buildSchemaSync({
    resolvers: [first as (typeof RESOLVERS)[0][0], ...rest],
    container: { get: (type) => instances.get(type) },
    pubSub: NO_PUB_SUB,
    validate: false,
    skipCheck: true, // runs the introspection query, which is half of the schema's time; the schema test does that once for all
  });
  completeSchema(schema);
  shorten(schema, instances);
  applyAccessRules(schema);
  return schema;
}

/** The schema as it is committed in `schema/schema.graphql`: in alphabetical order, descriptions and all. */
export function printHubSchema(): string {
  return `${printSchema(lexicographicSortSchema(buildHubSchema(null)))}\n`;
}

/** type-graphql asks for one; our subscriptions bring their own sources. */
const NO_PUB_SUB: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error("every subscription has a source of its own");
  },
};

const ROOTS: Readonly<Record<string, string>> = {
  Query: "What can be read. Everything a caller gets is its own: the tenant's, or one user's with a user token.",
  Mutation: "What can be done. What a caller can act on comes in the payload's `errors`.",
  Subscription: "What can be followed, over WebSocket (graphql-transport-ws) at the same URL.",
};
const ONE_OF = ["UserBy", "BankBy"];
const RESOLVE_TYPE: Readonly<Record<string, (value: never) => string | undefined>> = {
  Node: nodeTypeName,
  Change: changeTypeName,
  UserError: refusalTypeName,
};

/** What type-graphql cannot say: words on the roots, `@oneOf`, which graphql-js then enforces, and type resolution without a promise. */
function completeSchema(schema: GraphQLSchema): void {
  for (const name of ONE_OF) {
    const type = schema.getType(name);
    if (type instanceof GraphQLInputObjectType) type.isOneOf = true;
  }
  for (const [name, description] of Object.entries(ROOTS)) {
    const type = schema.getType(name);
    if (type) type.description = description;
  }
  for (const [name, resolve] of Object.entries(RESOLVE_TYPE)) {
    const type = schema.getType(name);
    if (type instanceof GraphQLInterfaceType) type.resolveType = (value) => resolve(value as never);
  }
}
