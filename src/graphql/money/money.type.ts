import { Field, ObjectType } from "type-graphql";
import type { Currency, Decimal, Money } from "../../domain/money.ts";
import { CurrencyCodeScalar, DecimalScalar } from "../scalars.ts";

@ObjectType("Money", {
  description: "An amount with its currency. Signed: positive = the holder has more, for every account type, cards and loans included.",
})
export class MoneyType implements Money {
  @Field(() => DecimalScalar, { description: "The signed amount, exact, with at least the currency's minor digits." })
  amount!: Decimal;
  @Field(() => CurrencyCodeScalar, { description: "The currency of the amount." })
  currency!: Currency;
}

/** Null where either half is missing. */
export function moneyOrNull(amount: Decimal | null, currency: Currency | null): Money | null {
  return amount === null || currency === null ? null : { amount, currency };
}
