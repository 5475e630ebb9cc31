import "./transaction.enums.ts";
import { Field, ID, Int, ObjectType } from "type-graphql";
import type { Decimal, Money } from "../../domain/money.ts";
import type { Day, Instant } from "../../domain/time.ts";
import { TransactionStatus, VoidReason } from "../../domain/transaction.ts";
import { connectionType } from "../connection.ts";
import { MoneyType } from "../money/money.type.ts";
import { NodeInterface } from "../node/node.type.ts";
import { DateScalar, DateTimeScalar, DecimalScalar, IbanScalar } from "../scalars.ts";

@ObjectType("Transaction", { implements: NodeInterface, description: "One movement on an account." })
export class TransactionType {
  @Field(() => ID, { description: "Issued by the hub: the same from pending to booked, and across renewals." })
  id!: string;
  @Field(() => TransactionStatus, { description: "Where it stands." })
  status!: TransactionStatus;
  @Field(() => DateScalar, {
    description: "The day to show and to sort by: booking, else value, else transaction day, else the day first seen.",
  })
  date!: Day;
  @Field(() => DateScalar, { nullable: true, description: "The day it was booked." })
  bookingDate!: Day | null;
  @Field(() => DateScalar, { nullable: true, description: "The day it counts for interest." })
  valueDate!: Day | null;
  @Field(() => DateScalar, { nullable: true, description: "The day it was made." })
  transactionDate!: Day | null;
  @Field(() => String, { description: "What to show. Never empty." })
  description!: string;
  @Field(() => [String], { description: "What the payer wrote, line by line." })
  remittance!: readonly string[];
  @Field(() => String, { nullable: true, description: "A structured creditor reference (ISO 11649 or national)." })
  structuredReference!: string | null;
  @Field(() => String, { nullable: true, description: "The ISO 20022 bank transaction code, or the bank's own." })
  bankTransactionCode!: string | null;
  @Field(() => String, { nullable: true, description: "The merchant category code (ISO 18245) of a card payment." })
  merchantCategoryCode!: string | null;
  @Field(() => String, { nullable: true, description: "The end-to-end id that the payer gave." })
  endToEndId!: string | null;
  @Field(() => String, { nullable: true, description: "The direct debit mandate." })
  mandateId!: string | null;
  @Field(() => String, { nullable: true, description: "The bank's own id, as last seen." })
  bankTransactionId!: string | null;
  @Field(() => String, { nullable: true, description: "The bank's own entry reference, as last seen." })
  entryReference!: string | null;
  @Field(() => VoidReason, { nullable: true, description: "Why it is void, where it is." })
  voidReason!: VoidReason | null;
  @Field(() => Int, { description: "Grows with every visible change; 1 when added." })
  revision!: number;
  @Field(() => DateTimeScalar, { description: "When the hub first saw it." })
  firstSeenAt!: Instant;
  @Field(() => DateTimeScalar, { description: "When it last changed." })
  updatedAt!: Instant;
}

export const TransactionConnection = connectionType("Transaction", () => TransactionType);

@ObjectType("Counterparty", { description: "The other side of a transaction by its direction; never the account holder." })
export class CounterpartyType {
  @Field(() => String, { nullable: true, description: "Its name." })
  name!: string | null;
  @Field(() => IbanScalar, { nullable: true, description: "Its IBAN." })
  iban!: string | null;
  @Field(() => String, { nullable: true, description: "Its account number where that is no IBAN." })
  account!: string | null;
  @Field(() => String, { nullable: true, description: "Its bank's BIC." })
  bic!: string | null;
}

@ObjectType("CurrencyExchange", { description: "The original amount of a transaction in another currency." })
export class CurrencyExchangeType {
  @Field(() => MoneyType, { description: "The original amount." })
  amount!: Money;
  @Field(() => DecimalScalar, { nullable: true, description: "The rate, as the bank states it." })
  rate!: Decimal | null;
}
