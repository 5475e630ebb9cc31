import "./update.enums.ts";
import { Field, Float, Int, ObjectType } from "type-graphql";
import { ConsentScope } from "../../domain/bank.ts";
import { BankErrorCode, type BankErrorInfo } from "../../domain/failure.ts";
import type { Day, Instant } from "../../domain/time.ts";
import { StepStatus, UpdateStatus, UpdateTrigger, WaitReason } from "../../domain/update.ts";
import { connectionType } from "../connection.ts";
import { NodeInterface } from "../node/node.type.ts";
import { DateScalar, DateTimeScalar } from "../scalars.ts";

@ObjectType("BankError", { description: "A failure at the bank." })
export class BankErrorType implements BankErrorInfo {
  @Field(() => BankErrorCode, { description: "What went wrong." })
  code!: BankErrorCode;
  @Field(() => String, { description: "Safe to show to the user." })
  message!: string;
  @Field(() => Boolean, { description: "True when a later update may succeed with nobody doing anything." })
  retryable!: boolean;
  @Field(() => Boolean, { description: "True when the user has to do something, such as renew the consent." })
  userActionRequired!: boolean;
  @Field(() => String, { nullable: true, description: "The bank's own words, for support." })
  bankCode!: string | null;
  @Field(() => String, { nullable: true, description: "The X-Request-ID (or its like) sent to the bank." })
  supportReference!: string | null;
}

@ObjectType("Update", {
  implements: NodeInterface,
  description: "One durable run that brings a consent's accounts, balances, transactions and identity up to date.",
})
export class UpdateType extends NodeInterface {
  @Field(() => UpdateStatus, { description: "Where it stands." })
  status!: UpdateStatus;
  @Field(() => UpdateTrigger, { description: "What started it." })
  trigger!: UpdateTrigger;
  @Field(() => Int, { description: "Grows by one with every visible change: drop what is not newer than what you have." })
  sequence!: number;
  @Field(() => BankErrorType, { nullable: true, description: "Why it failed, where it did." })
  error!: BankErrorInfo | null;
  @Field(() => WaitReason, { nullable: true, description: "While WAITING: why." })
  waitReason!: WaitReason | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "While WAITING: when the hub goes on by itself." })
  nextAttemptAt!: Instant | null;
  @Field(() => DateTimeScalar, { description: "When it was asked for." })
  createdAt!: Instant;
  @Field(() => DateTimeScalar, { nullable: true, description: "When work began." })
  startedAt!: Instant | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "When it reached a final status." })
  finishedAt!: Instant | null;
}

export const UpdateConnection = connectionType("Update", () => UpdateType);

@ObjectType("UpdateProgress", { description: "How far an update is." })
export class UpdateProgressType {
  @Field(() => Float, { nullable: true, description: "0 to 1, never goes down; null until the number of accounts is known." })
  fraction!: number | null;
  @Field(() => Int, { nullable: true, description: "How many accounts there are; null until known." })
  accountsTotal!: number | null;
  @Field(() => Int, { description: "How many accounts are finished, failed ones included." })
  accountsDone!: number;
  @Field(() => Int, { description: "Transactions that the bank sent so far." })
  transactionsSeen!: number;
  @Field(() => Int, { description: "Transactions that are new." })
  added!: number;
  @Field(() => Int, { description: "Transactions that changed." })
  modified!: number;
  @Field(() => Int, { description: "Transactions that are void now." })
  removed!: number;
}

@ObjectType("UpdateStep", {
  description: "One part of an update: the account list, the identity, or one account's balances, recent days or long history.",
})
export class UpdateStepType {
  @Field(() => ConsentScope, { description: "What it reads." })
  scope!: ConsentScope;
  @Field(() => StepStatus, { description: "Where it stands." })
  status!: StepStatus;
  @Field(() => DateScalar, { nullable: true, description: "The first day for which it proved everything to be here; null until DONE." })
  coveredFrom!: Day | null;
  @Field(() => DateScalar, { nullable: true, description: "The last such day; null until DONE." })
  coveredTo!: Day | null;
  @Field(() => Int, { description: "Pages read." })
  pages!: number;
  @Field(() => Int, { description: "Rows read." })
  seen!: number;
  @Field(() => Int, { description: "Rows that could not be read, kept aside; the rest went in." })
  quarantined!: number;
  @Field(() => BankErrorType, { nullable: true, description: "Why it failed, where it did." })
  error!: BankErrorInfo | null;
}
