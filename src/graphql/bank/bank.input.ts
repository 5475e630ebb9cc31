import { Field, ID, InputType, registerEnumType } from "type-graphql";
import { BankStandard, Environment, PsuType } from "../../domain/bank.ts";
import { CountryCodeScalar } from "../scalars.ts";

export const BankIdType = { HUB: "HUB", BIC: "BIC", NATIONAL_BANK_CODE: "NATIONAL_BANK_CODE" } as const;
export type BankIdType = keyof typeof BankIdType;
registerEnumType(BankIdType, {
  name: "BankIdType",
  description: "Whose id of a bank it is.",
  valuesConfig: {
    HUB: { description: "The hub's own, with or without `bank_`." },
    BIC: { description: "The BIC (ISO 9362), 8 or 11 characters; any one that the bank has." },
    NATIONAL_BANK_CODE: { description: "Bankleitzahl, sort code, code banque and the like; any one that the bank has, also of a branch." },
  },
});

@InputType("BankRef", { description: "A bank by somebody's id." })
export class BankRef {
  @Field(() => String, { description: "The id." })
  bankId!: string;
  @Field(() => BankIdType, { description: "Whose id it is." })
  bankIdType!: BankIdType;
}

@InputType("BankBy", { description: "Chooses a bank in exactly one way." })
export class BankBy {
  @Field(() => ID, { nullable: true, description: "By `Bank.id`." })
  id?: string | null;
  @Field(() => BankRef, { nullable: true, description: "By another id." })
  ref?: BankRef | null;
}

@InputType("BankFilter", { description: "Every condition that is given must hold." })
export class BankFilter {
  @Field(() => [CountryCodeScalar], { nullable: true, description: "Banks of any of these countries." })
  countries?: readonly string[] | null;
  @Field(() => [BankStandard], { nullable: true, description: "Banks that speak any of these standards." })
  standards?: readonly BankStandard[] | null;
  @Field(() => PsuType, { nullable: true, description: "Banks where such users may sign in." })
  psuType?: PsuType | null;
  @Field(() => Environment, { nullable: true, description: "Test banks or real ones." })
  environment?: Environment | null;
  @Field(() => Boolean, {
    nullable: true,
    description: "Only banks that a consent can be opened at, or only those that are merely listed.",
  })
  connectable?: boolean | null;
}
