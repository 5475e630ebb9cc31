import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Account, Identity } from "../../domain/account.ts";
import { ChangeKind, ChangeType, type Change } from "../../domain/change.ts";
import type { Consent } from "../../domain/consent.ts";
import type { AccountId, ConsentId, TransactionId, UpdateId } from "../../domain/ids.ts";
import type { Transaction } from "../../domain/transaction.ts";
import type { Update } from "../../domain/update.ts";
import { AccountType } from "../account/account.type.ts";
import { ConsentType } from "../consent/consent.type.ts";
import type { Context } from "../context.ts";
import { IdentityType } from "../identity/identity.type.ts";
import { TransactionType } from "../transaction/transaction.type.ts";
import { UpdateType } from "../update/update.type.ts";
import {
  AccountChanged,
  BalanceChanged,
  ChangeInterface,
  ConsentChanged,
  IdentityChanged,
  TransactionAdded,
  TransactionModified,
  UpdateChanged,
} from "./change.type.ts";

/** On the interface: holds for every change. */
@Resolver(() => ChangeInterface)
export class ChangeResolver {
  @FieldResolver(() => ChangeKind, { description: "What it is about." })
  kind(@Root() change: Change): ChangeKind {
    return ChangeType[change.type];
  }
}

@Resolver(() => ConsentChanged)
export class ConsentChangedResolver {
  @FieldResolver(() => ConsentType, { description: "The consent as it is now." })
  consent(@Root() change: Change, @Ctx() { loaders }: Context): Promise<Consent | null> {
    return loaders.consent(change.subjectId as ConsentId);
  }
}

@Resolver(() => UpdateChanged)
export class UpdateChangedResolver {
  @FieldResolver(() => UpdateType, { description: "The update as it is now." })
  update(@Root() change: Change, @Ctx() { loaders }: Context): Promise<Update | null> {
    return loaders.update(change.subjectId as UpdateId);
  }
}

@Resolver(() => AccountChanged)
export class AccountChangedResolver {
  @FieldResolver(() => AccountType, { description: "The account as it is now." })
  account(@Root() change: Change, @Ctx() { loaders }: Context): Promise<Account | null> {
    return loaders.account(change.subjectId as AccountId);
  }
}

@Resolver(() => BalanceChanged)
export class BalanceChangedResolver {
  @FieldResolver(() => AccountType, { description: "The account, with its balances as they are now." })
  account(@Root() change: Change, @Ctx() { loaders }: Context): Promise<Account | null> {
    return loaders.account(change.subjectId as AccountId);
  }
}

@Resolver(() => TransactionAdded)
export class TransactionAddedResolver {
  @FieldResolver(() => TransactionType, { description: "The transaction as it is now." })
  transaction(@Root() change: Change, @Ctx() { loaders }: Context): Promise<Transaction | null> {
    return loaders.transaction(change.subjectId as TransactionId);
  }
}

@Resolver(() => TransactionModified)
export class TransactionModifiedResolver {
  @FieldResolver(() => TransactionType, { description: "The transaction as it is now." })
  transaction(@Root() change: Change, @Ctx() { loaders }: Context): Promise<Transaction | null> {
    return loaders.transaction(change.subjectId as TransactionId);
  }
}

@Resolver(() => IdentityChanged)
export class IdentityChangedResolver {
  @FieldResolver(() => IdentityType, { description: "The identity as it is now; the first where a bank names several persons." })
  async identity(@Root() change: Change, @Ctx() { loaders }: Context): Promise<Identity | undefined> {
    return (await loaders.identitiesOfConsent(change.subjectId as ConsentId))[0];
  }
}
