import "./account.enums.ts";
import { Field, ID, ObjectType } from "type-graphql";
import { AccountStatus, AccountType as AccountKind, BalanceType as BalanceKind, type DateRange } from "../../domain/account.ts";
import type { Currency } from "../../domain/money.ts";
import type { Day, Instant } from "../../domain/time.ts";
import { connectionType } from "../connection.ts";
import { NodeInterface } from "../node/node.type.ts";
import { CurrencyCodeScalar, DateScalar, DateTimeScalar, IbanScalar } from "../scalars.ts";

@ObjectType("Account", { implements: NodeInterface, description: "An account, card or loan at a bank." })
export class AccountType {
  @Field(() => ID, { description: "Survives renewals: re-authorising never makes a second account." })
  id!: string;
  @Field(() => String, { description: "What to call it; never empty." })
  name!: string;
  @Field(() => String, { nullable: true, description: "The holder, as the bank writes it." })
  ownerName!: string | null;
  @Field(() => AccountKind, { description: "What kind of account it is." })
  type!: AccountKind;
  @Field(() => String, { nullable: true, description: "The bank's name for the product." })
  product!: string | null;
  @Field(() => AccountStatus, { description: "Whether it is in use and still shared." })
  status!: AccountStatus;
  @Field(() => CurrencyCodeScalar, {
    nullable: true,
    description: "Its currency; null for multi-currency accounts and where the bank does not say.",
  })
  currency!: Currency | null;
  @Field(() => IbanScalar, { nullable: true, description: "Its IBAN." })
  iban!: string | null;
  @Field(() => String, { nullable: true, description: "Its national account number, where it has no IBAN." })
  bban!: string | null;
  @Field(() => String, { nullable: true, description: "UK sort code." })
  sortCode!: string | null;
  @Field(() => String, { nullable: true, description: "UK account number." })
  accountNumber!: string | null;
  @Field(() => String, { nullable: true, description: "A card's number with its middle hidden." })
  maskedPan!: string | null;
  @Field(() => String, { nullable: true, description: "The BIC of the branch." })
  bic!: string | null;
  @Field(() => DateTimeScalar, { description: "When the hub first saw it." })
  createdAt!: Instant;
  @Field(() => DateTimeScalar, { description: "When it last changed." })
  updatedAt!: Instant;
}

export const AccountConnection = connectionType("Account", () => AccountType);

@ObjectType("DateRange", { description: "Days, both ends included." })
export class DateRangeType implements DateRange {
  @Field(() => DateScalar, { description: "The first day." })
  from!: Day;
  @Field(() => DateScalar, { description: "The last day." })
  to!: Day;
}

@ObjectType("AccountCoverage", { description: "The days for which every transaction is here." })
export class AccountCoverageType {
  @Field(() => DateScalar, { nullable: true, description: "The first such day; null when nothing is proven yet." })
  from!: Day | null;
  @Field(() => DateScalar, { nullable: true, description: "The last such day; null when nothing is proven yet." })
  to!: Day | null;
  @Field(() => [DateRangeType], { description: "Days between them that are not proven." })
  gaps!: readonly DateRange[];
}

@ObjectType("Balance", { description: "A balance as the bank reported it." })
export class BalanceType {
  @Field(() => BalanceKind, { description: "What it counts." })
  type!: BalanceKind;
  @Field(() => Boolean, { nullable: true, description: "Whether a credit limit is part of the figure; null when the bank does not say." })
  creditLimitIncluded!: boolean | null;
  @Field(() => DateScalar, { nullable: true, description: "The day it holds for." })
  referenceDate!: Day | null;
  @Field(() => DateTimeScalar, { description: "When the hub asked for it." })
  fetchedAt!: Instant;
}
