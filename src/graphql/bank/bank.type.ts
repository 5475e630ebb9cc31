import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { BankStandard, ConsentScope, Environment, PsuType } from "../../domain/bank.ts";
import { connectionType } from "../connection.ts";
import { NodeInterface } from "../node/node.type.ts";
import { CountryCodeScalar, UrlScalar } from "../scalars.ts";

registerEnumType(BankStandard, {
  name: "BankStandard",
  description: "The API standard that a bank speaks; the hub's answers do not depend on it.",
  valuesConfig: {
    BERLIN_GROUP: { description: "Berlin Group NextGenPSD2." },
    UK_OPEN_BANKING: { description: "UK Open Banking." },
    POLISH_API: { description: "PolishAPI." },
    STET: { description: "STET PSD2 (France)." },
  },
});
registerEnumType(PsuType, {
  name: "PsuType",
  description: "As whom the user signs in at the bank.",
  valuesConfig: { PERSONAL: { description: "A private person." }, BUSINESS: { description: "A firm." } },
});
registerEnumType(ConsentScope, {
  name: "ConsentScope",
  description: "What a consent lets the hub read.",
  valuesConfig: {
    ACCOUNTS: { description: "The list of accounts with their details." },
    BALANCES: { description: "Balances of the accounts." },
    TRANSACTIONS: { description: "Transactions of the accounts." },
    IDENTITY: { description: "The verified identity of the holder (KYC)." },
  },
});

@ObjectType("Bank", { implements: NodeInterface, description: "An institution of the directory (the standards' ASPSP)." })
export class BankType {
  @Field(() => ID, { description: "The directory's id behind `bank_`; stable across restarts." })
  id!: string;
  @Field(() => String, { description: "The institution's name, as people know it." })
  name!: string;
  @Field(() => CountryCodeScalar, { description: "The country of the institution or branch." })
  country!: string;
  @Field(() => String, { nullable: true, description: "Its BIC (ISO 9362), the head office's where it has several." })
  bic!: string | null;
  @Field(() => String, {
    nullable: true,
    description: "Its national bank code: Bankleitzahl, sort code, code banque and the like; the lowest where it has several.",
  })
  nationalBankCode!: string | null;
  @Field(() => UrlScalar, { nullable: true, description: "A picture to show beside the name." })
  logo!: string | null;
  @Field(() => BankStandard, { description: "The API standard it speaks." })
  standard!: BankStandard;
  @Field(() => Environment, { description: "Whether it is a test bank or a real one." })
  environment!: Environment;
  @Field(() => [PsuType], { description: "As whom users may sign in; nobody at a bank that is merely listed." })
  psuTypes!: readonly PsuType[];
  @Field(() => Int, { nullable: true, description: "How far back the bank serves transactions, in days; null when unknown." })
  maxHistoryDays!: number | null;
  @Field(() => Int, { nullable: true, description: "How long the bank lets a consent live, in days; null when unlimited." })
  maxConsentDays!: number | null;
  @Field(() => Int, { nullable: true, description: "What the bank allows per account and endpoint in 24 hours without the user present." })
  unattendedCallsPerDay!: number | null;
  @Field(() => [ConsentScope], { description: "What can be asked of this bank; nothing of one that is merely listed." })
  scopes!: readonly ConsentScope[];
}

export const BankConnection = connectionType("Bank", () => BankType);
