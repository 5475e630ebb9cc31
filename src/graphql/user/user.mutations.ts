import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { Consents } from "../../consents/consents.ts";
import type { DeletionReceipt } from "../../domain/consent.ts";
import { newId } from "../../domain/ids.ts";
import type { User } from "../../domain/tenant.ts";
import type { Clock } from "../../domain/time.ts";
import type { Store } from "../../store/store.ts";
import type { Context } from "../context.ts";
import { payload, refused, type Payload } from "../refusal/refuse.ts";
import { findUser } from "./find-user.ts";
import { CreateUserInput, DeleteUserInput } from "./user.input.ts";
import { CreateUserPayload, DeleteUserPayload } from "./user.payload.ts";

const CLIENT_ID = /^[^\p{C}]{1,200}$/u;

@Resolver()
export class UserMutations {
  readonly #store: Store;
  readonly #consents: Pick<Consents, "eraseUser">;
  readonly #clock: Clock;

  constructor(store: Store, consents: Pick<Consents, "eraseUser">, clock: Clock) {
    this.#store = store;
    this.#consents = consents;
    this.#clock = clock;
  }

  @Mutation(() => CreateUserPayload, { description: "Makes a user to whom consents can be attached." })
  async createUser(
    @Arg("input", () => CreateUserInput, { description: "The new user." }) { clientId = null }: CreateUserInput,
    @Ctx() { owner }: Context,
  ): Promise<Payload<"user", User>> {
    if (clientId !== null && !CLIENT_ID.test(clientId))
      return refused("InvalidInput", "clientId must have 1 to 200 characters, none of them a control character.", ["clientId"]);
    const now = this.#clock.now();
    const user: User = { id: newId("usr", now), tenantId: owner.tenantId, clientId, createdAt: now, changeSeq: 0 };
    if (await this.#store.tx((tx) => tx.insertUser(user))) return { user, errors: [] };
    return refused("Conflict", "There is a user with this clientId already: select it with user(by: {clientId}).", ["clientId"]);
  }

  @Mutation(() => DeleteUserPayload, {
    description: "Ends the user's accesses at all banks and erases the user with everything acquired for them.",
  })
  async deleteUser(
    @Arg("input", () => DeleteUserInput, { description: "Which user." }) { user: by }: DeleteUserInput,
    @Ctx() context: Context,
  ): Promise<Payload<"receipt", DeletionReceipt>> {
    const user = await findUser(this.#store, context, by);
    if (!user) return refused("NotFound", "There is no such user.", ["user"]);
    return payload("receipt", await this.#consents.eraseUser(context.owner, user.id, context.signal));
  }
}
