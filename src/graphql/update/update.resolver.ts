import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import type { Account } from "../../domain/account.ts";
import type { Consent } from "../../domain/consent.ts";
import { nodeTypeOf, type UpdateId } from "../../domain/ids.ts";
import type { Update, UpdateStep } from "../../domain/update.ts";
import type { Reads } from "../../store/reads.ts";
import { AccountConnection, AccountType } from "../account/account.type.ts";
import { changePage, type ChangePageValue } from "../change/change-pages.ts";
import { ChangePage, ChangePageArgs } from "../change/change.type.ts";
import { connect, idPosition, PageArgs, type Connection } from "../connection.ts";
import { ConsentType } from "../consent/consent.type.ts";
import type { Context } from "../context.ts";
import { changesOfUpdate } from "./changes-of-update.ts";
import { UpdateProgressType, UpdateStepType, UpdateType } from "./update.type.ts";

@Resolver(() => UpdateType)
export class UpdateResolver {
  readonly #store: Pick<Reads, "changesOfUpdate">;

  constructor(store: Pick<Reads, "changesOfUpdate">) {
    this.#store = store;
  }

  @Query(() => UpdateType, { nullable: true, description: "One update; null when there is none such." })
  update(@Arg("id", () => ID, { description: "Its id." }) id: string, @Ctx() { loaders }: Context): Promise<Update | null> | null {
    return nodeTypeOf(id) === "Update" ? loaders.update(id as UpdateId) : null;
  }

  @FieldResolver(() => ConsentType, { description: "The consent that it updates." })
  consent(@Root() { consentId }: Update, @Ctx() { loaders }: Context): Promise<Consent | null> {
    return loaders.consent(consentId);
  }

  @FieldResolver(() => UpdateProgressType, { description: "How far it is." })
  progress(@Root() update: Update): UpdateProgressType {
    const { progressPermille, accountsTotal, accountsDone, transactionsSeen, added, modified, removed } = update;
    const fraction = progressPermille === null ? null : progressPermille / 1_000;
    return { fraction, accountsTotal, accountsDone, transactionsSeen, added, modified, removed };
  }

  @FieldResolver(() => [UpdateStepType], { description: "Its parts, in the order of work." })
  steps(@Root() { id }: Update, @Ctx() { loaders }: Context): Promise<readonly UpdateStep[]> {
    return loaders.steps(id);
  }

  @FieldResolver(() => AccountConnection, { description: "The accounts this update touched." })
  accounts(
    @Root() { id }: Update,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders: { accountsOfUpdate: page } }: Context,
  ): Connection<object> {
    return connect(
      { tag: "account", load: (p) => page.load(id, null, p), count: () => page.count(id, null), positionOf: idPosition },
      args,
    );
  }

  @FieldResolver(() => ChangePage, { description: "What this update changed." })
  changes(@Root() { id }: Update, @Args(() => ChangePageArgs) args: ChangePageArgs, @Ctx() context: Context): Promise<ChangePageValue> {
    return changePage(context, args, changesOfUpdate(this.#store, context, id));
  }
}

@Resolver(() => UpdateStepType)
export class UpdateStepResolver {
  @FieldResolver(() => AccountType, { nullable: true, description: "Null for steps of the whole consent (account list, identity)." })
  account(@Root() { accountId }: UpdateStep, @Ctx() { loaders }: Context): Promise<Account | null> | null {
    return accountId === null ? null : loaders.account(accountId);
  }
}
