import { Field, InterfaceType, ObjectType } from "type-graphql";
import { ConsentScope } from "../../domain/bank.ts";
import type { Consent } from "../../domain/consent.ts";
import type { BankErrorInfo } from "../../domain/failure.ts";
import type { Refusal } from "../../domain/refusal.ts";
import type { Instant } from "../../domain/time.ts";
import { ConsentType } from "../consent/consent.type.ts";
import { DateTimeScalar, UrlScalar } from "../scalars.ts";
import { BankErrorType } from "../update/update.type.ts";

/** Every refusal of the domain is one of the types below: its `type` is the type's name. */
@InterfaceType("UserError", {
  description: "A refusal that the caller can act on. Nothing was done, unless the payload carries an object all the same.",
  resolveType: refusalTypeName,
})
export abstract class UserError {
  @Field(() => String, { description: "What is wrong and what to do, for people." })
  message!: string;
  @Field(() => [String], { nullable: true, description: "The way to the input field that is wrong, below `input`." })
  path!: readonly string[] | null;
}

export function refusalTypeName(refusal: Pick<Refusal, "type">): Refusal["type"] {
  return refusal.type;
}

@ObjectType("InvalidInput", { implements: UserError, description: "A field has a value that cannot be taken." })
export class InvalidInput extends UserError {}

@ObjectType("NotFound", { implements: UserError, description: "There is no such object, or it is somebody else's." })
export class NotFound extends UserError {}

@ObjectType("Conflict", { implements: UserError, description: "It contradicts something that is there already." })
export class Conflict extends UserError {}

@ObjectType("RedirectUrlNotRegistered", { implements: UserError, description: "The redirect URL is none of the tenant's." })
export class RedirectUrlNotRegistered extends UserError {
  @Field(() => [UrlScalar], { description: "Those that are registered; compared letter by letter." })
  registered!: readonly string[];
}

@ObjectType("CallbackUrlNotRegistered", { implements: UserError, description: "The callback URL is none of the tenant's." })
export class CallbackUrlNotRegistered extends UserError {
  @Field(() => [UrlScalar], { description: "Those that are registered; compared letter by letter." })
  registered!: readonly string[];
}

@ObjectType("ScopeNotSupported", { implements: UserError, description: "The bank does not offer something that was asked for." })
export class ScopeNotSupported extends UserError {
  @Field(() => [ConsentScope], { description: "What the bank offers." })
  supported!: readonly ConsentScope[];
}

@ObjectType("ConsentNotUsable", { implements: UserError, description: "The consent is not in force: see its status." })
export class ConsentNotUsable extends UserError {
  @Field(() => ConsentType, { description: "The consent as it stands." })
  consent!: Consent;
}

@ObjectType("QuotaSpent", { implements: UserError, description: "The bank allows no more calls without the user for now." })
export class QuotaSpent extends UserError {
  @Field(() => DateTimeScalar, { nullable: true, description: "When to come back; null when unknown." })
  retryAt!: Instant | null;
}

@ObjectType("BankUnavailable", { implements: UserError, description: "The bank refused or could not be reached." })
export class BankUnavailable extends UserError {
  @Field(() => BankErrorType, { description: "What happened there." })
  error!: BankErrorInfo;
}
