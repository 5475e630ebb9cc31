import { Arg, Args, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import type { BankDirectory } from "../../banks/directory.ts";
import type { Bank } from "../../domain/bank.ts";
import { connect, PageArgs, type Connection } from "../connection.ts";
import { bankList } from "./bank-list.ts";
import { BankBy, BankFilter } from "./bank.input.ts";
import { BankConnection, BankType } from "./bank.type.ts";
import { bankNodeId, findBank } from "./find-bank.ts";

@Resolver(() => BankType)
export class BankResolver {
  readonly #banks: BankDirectory;

  constructor(banks: BankDirectory) {
    this.#banks = banks;
  }

  @Query(() => BankType, { nullable: true, description: "One bank; null when the directory has none such." })
  bank(@Arg("by", () => BankBy, { description: "Which one." }) by: BankBy): Bank | null {
    return findBank(this.#banks, by);
  }

  @Query(() => BankConnection, { description: "The directory: best match first where `search` is given, else by name." })
  banks(
    @Args(() => PageArgs) args: PageArgs,
    @Arg("search", () => String, {
      nullable: true,
      description: "Words in name, BIC or national bank code; case, accents and punctuation do not matter.",
    })
    search: string | null | undefined,
    @Arg("filter", () => BankFilter, { nullable: true, description: "Which ones." }) filter: BankFilter | null | undefined,
  ): Connection<Bank> {
    const { countries = null, standards = null, psuType = null, environment = null, connectable = null } = filter ?? {};
    const found = this.#banks.search({ search: search ?? null, countries, standards, psuType, environment, connectable });
    return connect(bankList(found), args);
  }

  @FieldResolver(() => ID, { description: "The directory's id behind `bank_`; stable across restarts." })
  id(@Root() bank: Bank): string {
    return bankNodeId(bank);
  }

  @FieldResolver(() => Boolean, {
    description: "False for an institution that is listed without a usable endpoint: a consent for it is refused with a clear error.",
  })
  connectable(@Root() { connection }: Bank): boolean {
    return connection !== null;
  }
}
