import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import type { Identity } from "../../domain/account.ts";
import { ChangeKind } from "../../domain/change.ts";
import { ConsentStatus } from "../../domain/consent.ts";
import type { User } from "../../domain/tenant.ts";
import type { Reads } from "../../store/reads.ts";
import { AccountConnection } from "../account/account.type.ts";
import { changePage, type ChangePageValue } from "../change/change-pages.ts";
import { ChangePage, ChangePageArgs } from "../change/change.type.ts";
import { connect, idPosition, PageArgs, type Connection } from "../connection.ts";
import { ConsentConnection } from "../consent/consent.type.ts";
import type { Context } from "../context.ts";
import { IdentityType } from "../identity/identity.type.ts";
import { ChangeCursorScalar } from "../scalars.ts";
import { TransactionFilter, transactionQuery } from "../transaction/transaction.input.ts";
import { TransactionConnection } from "../transaction/transaction.type.ts";
import { transactionPosition } from "../transaction/transaction-position.ts";
import { findUser } from "./find-user.ts";
import { UserBy } from "./user.input.ts";
import { UserConnection, UserType } from "./user.type.ts";

@Resolver(() => UserType)
export class UserResolver {
  readonly #store: Reads;

  constructor(store: Reads) {
    this.#store = store;
  }

  @Query(() => UserType, { nullable: true, description: "The user behind a user token; null for a tenant credential." })
  viewer(@Ctx() { caller, loaders }: Context): Promise<User | null> | null {
    return caller.kind === "user" ? loaders.user(caller.owner.userId) : null;
  }

  @Query(() => UserType, { nullable: true, description: "One user; null when there is none such." })
  user(@Arg("by", () => UserBy, { description: "Which one." }) by: UserBy, @Ctx() context: Context): Promise<User | null> {
    return findUser(this.#store, context, by);
  }

  @Query(() => UserConnection, { description: "The tenant's users, oldest first; with a user token only the viewer." })
  users(@Args(() => PageArgs) args: PageArgs, @Ctx() { owner }: Context): Connection<User> {
    return connect<User>(
      { tag: "user", load: (page) => this.#store.users(owner, page), count: () => this.#store.countUsers(owner), positionOf: idPosition },
      args,
    );
  }

  @FieldResolver(() => ConsentConnection, { description: "Consents, newest first." })
  consents(
    @Root() { id }: User,
    @Args(() => PageArgs) args: PageArgs,
    @Arg("status", () => [ConsentStatus], { nullable: true, description: "Only consents that stand in any of these." })
    status: ConsentStatus[] | null | undefined,
    @Ctx() { loaders: { consentsOfUser: page } }: Context,
  ): Connection<object> {
    const filter = { statuses: status ?? null };
    return connect(
      { tag: "consent", load: (p) => page.load(id, filter, p), count: () => page.count(id, filter), positionOf: idPosition },
      args,
    );
  }

  @FieldResolver(() => AccountConnection, { description: "Accounts at all banks, oldest first." })
  accounts(
    @Root() { id }: User,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders: { accountsOfUser: page } }: Context,
  ): Connection<object> {
    return connect(
      { tag: "account", load: (p) => page.load(id, null, p), count: () => page.count(id, null), positionOf: idPosition },
      args,
    );
  }

  @FieldResolver(() => TransactionConnection, { description: "Transactions across all accounts, newest first." })
  transactions(
    @Root() { id }: User,
    @Args(() => PageArgs) args: PageArgs,
    @Arg("filter", () => TransactionFilter, { nullable: true, description: "Which ones; all but void ones when left out." })
    filter: TransactionFilter | null | undefined,
    @Ctx() { loaders: { transactionsOfUser: page } }: Context,
  ): Connection<object> {
    const query = transactionQuery(filter);
    const list = { tag: "transaction", positionOf: transactionPosition } as const;
    return connect({ ...list, load: (p) => page.load(id, query, p), count: () => page.count(id, query) }, args);
  }

  @FieldResolver(() => [IdentityType], {
    description: "Verified identity (KYC) as the banks report it. Needs scope IDENTITY on the consent and on a user token.",
  })
  identities(@Root() { id }: User, @Ctx() { loaders }: Context): Promise<readonly Identity[]> {
    return loaders.identitiesOfUser(id);
  }

  @FieldResolver(() => ChangePage, { description: "One ordered log of everything that changed. Resume from the last cursor you stored." })
  changes(
    @Root() { id }: User,
    @Args(() => ChangePageArgs) args: ChangePageArgs,
    @Arg("kinds", () => [ChangeKind], { nullable: true, description: "Only changes of these kinds; all when left out." })
    kinds: ChangeKind[] | null | undefined,
    @Ctx() context: Context,
  ): Promise<ChangePageValue> {
    return changePage(context, { ...args, kinds: kinds ?? null }, (query) => this.#store.changesOfUser(context.owner, id, query));
  }

  @FieldResolver(() => ChangeCursorScalar, { description: "The newest position; store it right after a full read." })
  changeCursor(@Root() { changeSeq }: User): number {
    return changeSeq;
  }
}
