import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import type { BankDirectory } from "../../banks/directory.ts";
import type { Account, Balance } from "../../domain/account.ts";
import type { Bank } from "../../domain/bank.ts";
import type { Consent } from "../../domain/consent.ts";
import { nodeTypeOf, type AccountId } from "../../domain/ids.ts";
import type { Money } from "../../domain/money.ts";
import type { User } from "../../domain/tenant.ts";
import { BankType } from "../bank/bank.type.ts";
import { storedBank } from "../bank/stored-bank.ts";
import { connect, PageArgs, type Connection } from "../connection.ts";
import { ConsentType } from "../consent/consent.type.ts";
import type { Context } from "../context.ts";
import { MoneyType } from "../money/money.type.ts";
import { TransactionFilter, transactionQuery } from "../transaction/transaction.input.ts";
import { transactionPosition } from "../transaction/transaction-position.ts";
import { TransactionConnection } from "../transaction/transaction.type.ts";
import { UserType } from "../user/user.type.ts";
import { AccountCoverageType, AccountType, BalanceType } from "./account.type.ts";
import { coverageOf } from "./coverage.ts";
import { shownBalance } from "./shown-balance.ts";

@Resolver(() => AccountType)
export class AccountResolver {
  readonly #banks: BankDirectory;

  constructor(banks: BankDirectory) {
    this.#banks = banks;
  }

  @Query(() => AccountType, { nullable: true, description: "One account; null when there is none such." })
  account(@Arg("id", () => ID, { description: "Its id." }) id: string, @Ctx() { loaders }: Context): Promise<Account | null> | null {
    return nodeTypeOf(id) === "Account" ? loaders.account(id as AccountId) : null;
  }

  @FieldResolver(() => UserType, { description: "Whose it is at the hub." })
  user(@Root() { userId }: Account, @Ctx() { loaders }: Context): Promise<User | null> {
    return loaders.user(userId);
  }

  @FieldResolver(() => BankType, { description: "Where it is held." })
  bank(@Root() { bankId }: Account, @Ctx() { loaders }: Context): Bank | Promise<Bank> {
    return storedBank(this.#banks, loaders, bankId);
  }

  @FieldResolver(() => ConsentType, { description: "The consent that it is read with." })
  consent(@Root() { consentId }: Account, @Ctx() { loaders }: Context): Promise<Consent | null> {
    return loaders.consent(consentId);
  }

  @FieldResolver(() => BalanceType, {
    nullable: true,
    description: "The one figure to show: booked first, in the account's currency. Null when the bank reports none that can be shown so.",
  })
  async balance(@Root() { id, currency }: Account, @Ctx() { loaders }: Context): Promise<Balance | null> {
    return shownBalance(await loaders.balances(id), currency);
  }

  @FieldResolver(() => [BalanceType], { description: "Everything the bank reported." })
  balances(@Root() { id }: Account, @Ctx() { loaders }: Context): Promise<readonly Balance[]> {
    return loaders.balances(id);
  }

  @FieldResolver(() => AccountCoverageType, { description: "The days for which every transaction is here." })
  coverage(@Root() { coverage }: Account): AccountCoverageType {
    return coverageOf(coverage);
  }

  @FieldResolver(() => TransactionConnection, { description: "Transactions, newest first." })
  transactions(
    @Root() { id }: Account,
    @Args(() => PageArgs) args: PageArgs,
    @Arg("filter", () => TransactionFilter, { nullable: true, description: "Which ones; all but void ones when left out." })
    filter: TransactionFilter | null | undefined,
    @Ctx() { loaders: { transactionsOfAccount: page } }: Context,
  ): Connection<object> {
    const query = transactionQuery(filter);
    const list = { tag: "transaction", positionOf: transactionPosition } as const;
    return connect({ ...list, load: (p) => page.load(id, query, p), count: () => page.count(id, query) }, args);
  }
}

@Resolver(() => BalanceType)
export class BalanceResolver {
  @FieldResolver(() => MoneyType, { description: "How much; positive = the holder has it." })
  amount(@Root() { amount, currency }: Balance): Money {
    return { amount, currency };
  }
}
