import { Field, InputType } from "type-graphql";
import type { Decimal } from "../../domain/money.ts";
import type { Day } from "../../domain/time.ts";
import { Direction, TransactionStatus } from "../../domain/transaction.ts";
import type { TransactionQuery } from "../../store/reads.ts";
import { DateScalar, DecimalScalar } from "../scalars.ts";

const SHOWN_BY_DEFAULT: readonly TransactionStatus[] = ["PENDING", "BOOKED"];

@InputType("TransactionFilter", { description: "Every condition that is given must hold." })
export class TransactionFilter {
  @Field(() => DateScalar, { nullable: true, description: "From this day on." })
  dateFrom?: Day | null;
  @Field(() => DateScalar, { nullable: true, description: "Up to and with this day." })
  dateTo?: Day | null;
  @Field(() => [TransactionStatus], { nullable: true, defaultValue: SHOWN_BY_DEFAULT, description: "Where they stand; null = wherever." })
  statuses?: readonly TransactionStatus[] | null;
  @Field(() => Direction, { nullable: true, description: "Which way the money went." })
  direction?: Direction | null;
  @Field(() => DecimalScalar, { nullable: true, description: "The signed amount is at least this." })
  amountMin?: Decimal | null;
  @Field(() => DecimalScalar, { nullable: true, description: "The signed amount is at most this." })
  amountMax?: Decimal | null;
  @Field(() => String, { nullable: true, description: "Words in description, counterparty or remittance; case and accents do not matter." })
  search?: string | null;
}

/** No filter means the same as an empty one: void rows are left out. */
export function transactionQuery(filter: TransactionFilter | null | undefined): TransactionQuery {
  return {
    dateFrom: filter?.dateFrom ?? null,
    dateTo: filter?.dateTo ?? null,
    statuses: filter?.statuses === undefined ? SHOWN_BY_DEFAULT : filter.statuses,
    direction: filter?.direction ?? null,
    amountMin: filter?.amountMin ?? null,
    amountMax: filter?.amountMax ?? null,
    search: filter?.search ?? null,
  };
}
