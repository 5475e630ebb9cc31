import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { BankDirectory } from "../../banks/directory.ts";
import type { Account, Identity } from "../../domain/account.ts";
import type { Bank } from "../../domain/bank.ts";
import { AccountType } from "../account/account.type.ts";
import { BankType } from "../bank/bank.type.ts";
import { storedBank } from "../bank/stored-bank.ts";
import type { Context } from "../context.ts";
import { IdentityType } from "./identity.type.ts";

@Resolver(() => IdentityType)
export class IdentityResolver {
  readonly #banks: BankDirectory;

  constructor(banks: BankDirectory) {
    this.#banks = banks;
  }

  @FieldResolver(() => BankType, { description: "The bank that reports it." })
  bank(@Root() { bankId }: Identity, @Ctx() { loaders }: Context): Bank | Promise<Bank> {
    return storedBank(this.#banks, loaders, bankId);
  }

  @FieldResolver(() => [AccountType], { description: "The accounts that the person was named on." })
  async accounts(@Root() { accountIds }: Identity, @Ctx() { loaders }: Context): Promise<readonly Account[]> {
    const accounts = await Promise.all(accountIds.map((id) => loaders.account(id)));
    return accounts.filter((account) => account !== null);
  }
}
