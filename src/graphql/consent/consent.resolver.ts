import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import type { BankDirectory } from "../../banks/directory.ts";
import type { Bank } from "../../domain/bank.ts";
import type { Consent } from "../../domain/consent.ts";
import { nodeTypeOf, type ConsentId } from "../../domain/ids.ts";
import type { User } from "../../domain/tenant.ts";
import { UpdateStatus, type Update } from "../../domain/update.ts";
import { AccountConnection } from "../account/account.type.ts";
import { BankType } from "../bank/bank.type.ts";
import { storedBank } from "../bank/stored-bank.ts";
import { connect, idPosition, PageArgs, type Connection } from "../connection.ts";
import type { Context } from "../context.ts";
import { UrlScalar } from "../scalars.ts";
import { UpdateConnection, UpdateType } from "../update/update.type.ts";
import { UserType } from "../user/user.type.ts";
import { BankQuotaType, ConsentType, UpdateScheduleType } from "./consent.type.ts";
import { quotaOf } from "./quota.ts";

@Resolver(() => ConsentType)
export class ConsentResolver {
  readonly #banks: BankDirectory;

  constructor(banks: BankDirectory) {
    this.#banks = banks;
  }

  @Query(() => ConsentType, { nullable: true, description: "One consent; null when there is none such." })
  consent(@Arg("id", () => ID, { description: "Its id." }) id: string, @Ctx() { loaders }: Context): Promise<Consent | null> | null {
    return nodeTypeOf(id) === "Consent" ? loaders.consent(id as ConsentId) : null;
  }

  @FieldResolver(() => UserType, { description: "Who gives it." })
  user(@Root() { userId }: Consent, @Ctx() { loaders }: Context): Promise<User | null> {
    return loaders.user(userId);
  }

  @FieldResolver(() => BankType, { description: "The bank that it lets the hub read." })
  bank(@Root() { bankId }: Consent, @Ctx() { loaders }: Context): Bank | Promise<Bank> {
    return storedBank(this.#banks, loaders, bankId);
  }

  @FieldResolver(() => UrlScalar, { nullable: true, description: "Only while an authorisation waits for the user: hand it to them." })
  authorizationUrl(@Root() { id }: Consent, @Ctx() { loaders }: Context): Promise<string | null> {
    return loaders.authorizationUrl(id);
  }

  @FieldResolver(() => [BankQuotaType], { description: "Calls left today without the user present, per scope, as the bank counts them." })
  async quota(@Root() { id, bankId, scopes }: Consent, @Ctx() { loaders }: Context): Promise<readonly BankQuotaType[]> {
    return quotaOf(scopes, this.#banks.byId(bankId)?.unattendedCallsPerDay ?? null, await loaders.calls(id));
  }

  @FieldResolver(() => AccountConnection, { description: "The accounts that it shares, oldest first." })
  accounts(
    @Root() { id }: Consent,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders: { accountsOfConsent: page } }: Context,
  ): Connection<object> {
    return connect(
      { tag: "account", load: (p) => page.load(id, null, p), count: () => page.count(id, null), positionOf: idPosition },
      args,
    );
  }

  @FieldResolver(() => UpdateConnection, { description: "Its updates, newest first." })
  updates(
    @Root() { id }: Consent,
    @Args(() => PageArgs) args: PageArgs,
    @Arg("status", () => [UpdateStatus], { nullable: true, description: "Only updates that stand in any of these." })
    status: UpdateStatus[] | null | undefined,
    @Ctx() { loaders: { updatesOfConsent: page } }: Context,
  ): Connection<object> {
    const filter = { statuses: status ?? null };
    return connect(
      { tag: "update", load: (p) => page.load(id, filter, p), count: () => page.count(id, filter), positionOf: idPosition },
      args,
    );
  }

  @FieldResolver(() => UpdateType, { nullable: true, description: "The newest update; null before the first." })
  latestUpdate(@Root() { id }: Consent, @Ctx() { loaders }: Context): Promise<Update | null> {
    return loaders.latestUpdate(id);
  }

  @FieldResolver(() => UpdateScheduleType, { description: "Background updates." })
  schedule(@Root() { timesPerDay, nextRunAt }: Consent): UpdateScheduleType {
    return { timesPerDay, nextRunAt };
  }
}
