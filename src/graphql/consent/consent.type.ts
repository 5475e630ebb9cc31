import "./consent.enums.ts";
import { Field, ID, Int, ObjectType } from "type-graphql";
import { ConsentScope, PsuType } from "../../domain/bank.ts";
import { BankRevocation, ConsentAttention, ConsentStatus, ConsentStatusReason, type DeletionReceipt } from "../../domain/consent.ts";
import type { Instant } from "../../domain/time.ts";
import { connectionType } from "../connection.ts";
import { NodeInterface } from "../node/node.type.ts";
import { DateTimeScalar, UrlScalar } from "../scalars.ts";

@ObjectType("Consent", {
  implements: NodeInterface,
  description: "This user lets the hub read this bank. Lives through renewals: the same id, the same accounts, the same transactions.",
})
export class ConsentType extends NodeInterface {
  @Field(() => ConsentStatus, { description: "Where it stands." })
  status!: ConsentStatus;
  @Field(() => ConsentStatusReason, { nullable: true, description: "Why, where there is more to say." })
  statusReason!: ConsentStatusReason | null;
  @Field(() => DateTimeScalar, { description: "Since when it stands there." })
  statusChangedAt!: Instant;
  @Field(() => ConsentAttention, { description: "What the user has to do, if anything." })
  attention!: ConsentAttention;
  @Field(() => [ConsentScope], { description: "What it lets the hub read." })
  scopes!: readonly ConsentScope[];
  @Field(() => PsuType, { description: "As whom the user signs in at the bank." })
  psuType!: PsuType;
  @Field(() => UrlScalar, { description: "Where the user lands after the bank." })
  redirectUrl!: string;
  @Field(() => DateTimeScalar, { nullable: true, description: "When the user last approved it." })
  givenAt!: Instant | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "When the bank ends it; null when it does not say or is not given." })
  validUntil!: Instant | null;
  @Field(() => DateTimeScalar, { description: "When it was asked for." })
  createdAt!: Instant;
}

export const ConsentConnection = connectionType("Consent", () => ConsentType);

@ObjectType("UpdateSchedule", { description: "Background updates, spread over the day within the bank's quota." })
export class UpdateScheduleType {
  @Field(() => Int, { description: "How many a day; 0 = off." })
  timesPerDay!: number;
  @Field(() => DateTimeScalar, { nullable: true, description: "When the next one starts; null when off." })
  nextRunAt!: Instant | null;
}

@ObjectType("BankQuota", { description: "Calls without the user present in the last 24 hours, for one scope, as the bank counts them." })
export class BankQuotaType {
  @Field(() => ConsentScope, { description: "What the calls read." })
  scope!: ConsentScope;
  @Field(() => Int, { nullable: true, description: "What the bank allows per account; null when unknown." })
  limit!: number | null;
  @Field(() => Int, { description: "Calls made, for the account with the most." })
  used!: number;
  @Field(() => Int, { nullable: true, description: "Calls left for that account; null when the limit is unknown." })
  remaining!: number | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "When the oldest of these calls stops counting; null when there is none." })
  resetsAt!: Instant | null;
}

@ObjectType("DeletionReceipt", { description: "What was erased; nothing else of it is kept." })
export class DeletionReceiptType implements DeletionReceipt {
  @Field(() => ID, { description: "The receipt's id, for your records." })
  id!: DeletionReceipt["id"];
  @Field(() => BankRevocation, { description: "What became of the access at the bank." })
  bankRevocation!: BankRevocation;
  @Field(() => Int, { description: "How many consents were erased." })
  consents!: number;
  @Field(() => Int, { description: "How many accounts were erased." })
  accounts!: number;
  @Field(() => Int, { description: "How many transactions were erased." })
  transactions!: number;
  @Field(() => DateTimeScalar, { description: "When the erasure was complete." })
  completedAt!: Instant;
}
