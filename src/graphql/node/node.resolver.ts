import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import type { BankDirectory } from "../../banks/directory.ts";
import { nodeTypeOf, type AccountId, type ConsentId, type TransactionId, type UpdateId, type UserId } from "../../domain/ids.ts";
import type { Reads } from "../../store/reads.ts";
import { bankByNodeId, directoryId } from "../bank/find-bank.ts";
import { formerBank } from "../bank/stored-bank.ts";
import type { Context } from "../context.ts";
import { callerError } from "../errors.ts";
import { MAX_PAGE } from "../page-size.ts";
import { NodeInterface } from "./node.type.ts";

@Resolver()
export class NodeResolver {
  readonly #banks: BankDirectory;
  readonly #store: Pick<Reads, "tenant">;

  constructor(banks: BankDirectory, store: Pick<Reads, "tenant">) {
    this.#banks = banks;
    this.#store = store;
  }

  @Query(() => NodeInterface, { nullable: true, description: "Anything by its global id; null when there is none such." })
  async node(@Arg("id", () => ID, { description: "Its id." }) id: string, @Ctx() context: Context): Promise<object | null> {
    return this.#find(id, context);
  }

  @Query(() => [NodeInterface], { nullable: "items", description: "Many at once: in the order asked, null where there is none such." })
  async nodes(
    @Arg("ids", () => [ID], { description: "Their ids, at most 500." }) ids: string[],
    @Ctx() context: Context,
  ): Promise<readonly (object | null)[]> {
    if (ids.length > MAX_PAGE)
      throw callerError("BAD_USER_INPUT", `At most ${String(MAX_PAGE)} ids can be asked for at once.`, { argument: ["ids"] });
    return Promise.all(ids.map(async (id) => this.#find(id, context)));
  }

  #find(id: string, { caller, owner, loaders }: Context): Promise<object | null> | object | null {
    switch (nodeTypeOf(id)) {
      case "Tenant":
        return caller.kind === "tenant" && id === owner.tenantId ? this.#store.tenant(owner.tenantId) : null;
      case "User":
        return loaders.user(id as UserId);
      case "Bank":
        return bankByNodeId(this.#banks, id) ?? formerBank(loaders, directoryId(id));
      case "Consent":
        return loaders.consent(id as ConsentId);
      case "Update":
        return loaders.update(id as UpdateId);
      case "Account":
        return loaders.account(id as AccountId);
      case "Transaction":
        return loaders.transaction(id as TransactionId);
      case null:
        return null;
    }
  }
}
