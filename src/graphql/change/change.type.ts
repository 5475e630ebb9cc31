import { ArgsType, Field, ID, Int, InterfaceType, ObjectType, registerEnumType } from "type-graphql";
import { ChangeKind, type Change } from "../../domain/change.ts";
import type { Instant } from "../../domain/time.ts";
import { VoidReason } from "../../domain/transaction.ts";
import { ChangeCursorScalar, DateTimeScalar } from "../scalars.ts";

registerEnumType(ChangeKind, {
  name: "ChangeKind",
  description: "What a change is about.",
  valuesConfig: {
    CONSENT: { description: "A consent changed or was deleted." },
    UPDATE: { description: "An update moved on." },
    ACCOUNT: { description: "An account changed or was deleted." },
    BALANCE: { description: "An account's balances changed." },
    TRANSACTION: { description: "A transaction was added, modified or removed." },
    IDENTITY: { description: "A verified identity changed. Left out for user tokens without scope IDENTITY." },
  },
});

@InterfaceType("Change", { description: "One entry of a user's change log.", resolveType: changeTypeName })
export abstract class ChangeInterface {
  @Field(() => ChangeCursorScalar, { name: "cursor", description: "The position in the log: resume from here." })
  seq!: number;
  @Field(() => DateTimeScalar, { description: "When the change was stored." })
  at!: Instant;
  @Field(() => ChangeKind, { description: "What it is about." })
  kind!: ChangeKind;
}

/** Every row of the log names its GraphQL type. */
export function changeTypeName(change: Pick<Change, "type">): Change["type"] {
  return change.type;
}

@ObjectType("ConsentChanged", { implements: ChangeInterface, description: "A consent changed." })
export class ConsentChanged extends ChangeInterface {}

@ObjectType("ConsentDeleted", { implements: ChangeInterface, description: "A consent was deleted, with everything acquired by it." })
export class ConsentDeleted extends ChangeInterface {
  @Field(() => ID, { name: "consentId", description: "The id that it had." })
  subjectId!: string;
}

@ObjectType("UpdateChanged", { implements: ChangeInterface, description: "An update moved on." })
export class UpdateChanged extends ChangeInterface {}

@ObjectType("AccountChanged", { implements: ChangeInterface, description: "An account is new or changed." })
export class AccountChanged extends ChangeInterface {}

@ObjectType("AccountDeleted", { implements: ChangeInterface, description: "An account was deleted with its consent." })
export class AccountDeleted extends ChangeInterface {
  @Field(() => ID, { name: "accountId", description: "The id that it had." })
  subjectId!: string;
}

@ObjectType("BalanceChanged", { implements: ChangeInterface, description: "An account's balances changed." })
export class BalanceChanged extends ChangeInterface {}

@ObjectType("TransactionAdded", { implements: ChangeInterface, description: "A transaction is new." })
export class TransactionAdded extends ChangeInterface {}

@ObjectType("TransactionModified", { implements: ChangeInterface, description: "A transaction changed." })
export class TransactionModified extends ChangeInterface {}

@ObjectType("TransactionRemoved", { implements: ChangeInterface, description: "A transaction is void from now on." })
export class TransactionRemoved extends ChangeInterface {
  @Field(() => ID, { name: "transactionId", description: "The transaction." })
  subjectId!: string;
  @Field(() => ID, { description: "Its account." })
  accountId!: string;
  @Field(() => VoidReason, { description: "Why." })
  reason!: VoidReason;
  @Field(() => ID, { nullable: true, description: "The transaction that it turned out to be, where it was merged." })
  mergedInto!: string | null;
}

@ObjectType("IdentityChanged", { implements: ChangeInterface, description: "A verified identity is new or changed." })
export class IdentityChanged extends ChangeInterface {}

@ObjectType("ChangePage", { description: "A stretch of a change log, oldest first." })
export class ChangePage {
  @Field(() => [ChangeInterface], { description: "The changes." })
  nodes!: readonly Change[];
  @Field(() => ChangeCursorScalar, { description: "Hand it back as `after`, now or later." })
  nextCursor!: number;
  @Field(() => Boolean, { description: "True when the log goes on already." })
  hasMore!: boolean;
}

/** What every `changes` field takes: a log is only read forward. */
@ArgsType()
export class ChangePageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 100, description: "How many at most: 1 to 500." })
  first?: number | null;
  @Field(() => ChangeCursorScalar, { nullable: true, description: "Go on behind this position; from the start of the log when left out." })
  after?: number | null;
}
