import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import type { Account } from "../../domain/account.ts";
import { nodeTypeOf, type TransactionId } from "../../domain/ids.ts";
import { isNegative, type Money } from "../../domain/money.ts";
import { Direction, type Transaction } from "../../domain/transaction.ts";
import { AccountType } from "../account/account.type.ts";
import type { Context } from "../context.ts";
import { moneyOrNull, MoneyType } from "../money/money.type.ts";
import { CounterpartyType, CurrencyExchangeType, TransactionType } from "./transaction.type.ts";

@Resolver(() => TransactionType)
export class TransactionResolver {
  @Query(() => TransactionType, { nullable: true, description: "One transaction, void ones included; null when there is none such." })
  transaction(
    @Arg("id", () => ID, { description: "Its id." }) id: string,
    @Ctx() { loaders }: Context,
  ): Promise<Transaction | null> | null {
    return nodeTypeOf(id) === "Transaction" ? loaders.transaction(id as TransactionId) : null;
  }

  @FieldResolver(() => AccountType, { description: "The account it moved." })
  account(@Root() { accountId }: Transaction, @Ctx() { loaders }: Context): Promise<Account | null> {
    return loaders.account(accountId);
  }

  @FieldResolver(() => MoneyType, { description: "How much; positive = the holder has more." })
  amount(@Root() { amount, currency }: Transaction): Money {
    return { amount, currency };
  }

  @FieldResolver(() => Direction, { description: "Which way the money went." })
  direction(@Root() { amount }: Transaction): Direction {
    return isNegative(amount) ? "DEBIT" : "CREDIT";
  }

  @FieldResolver(() => CounterpartyType, {
    nullable: true,
    description: "The other side by direction; never the account holder. Null when the bank says nothing about it.",
  })
  counterparty(@Root() row: Transaction): CounterpartyType | null {
    const { counterpartyName: name, counterpartyIban: iban, counterpartyAccount: account, counterpartyBic: bic } = row;
    return (name ?? iban ?? account ?? bic) === null ? null : { name, iban, account, bic };
  }

  @FieldResolver(() => CurrencyExchangeType, { nullable: true, description: "The original amount, where it was in another currency." })
  exchange(@Root() row: Transaction): CurrencyExchangeType | null {
    const amount = moneyOrNull(row.exchangeAmount, row.exchangeCurrency);
    return amount && { amount, rate: row.exchangeRate };
  }

  @FieldResolver(() => MoneyType, { nullable: true, description: "The account's booked balance after it, where the bank says so." })
  balanceAfter(@Root() row: Transaction): Money | null {
    return moneyOrNull(row.balanceAfterAmount, row.balanceAfterCurrency);
  }
}
