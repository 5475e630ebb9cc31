import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { Access } from "../../access/access.ts";
import type { Reads } from "../../store/reads.ts";
import type { Context } from "../context.ts";
import { callerError } from "../errors.ts";
import { refused } from "../refusal/refuse.ts";
import { findUser } from "../user/find-user.ts";
import { tokenFault } from "./token-fault.ts";
import { CreateUserTokenInput } from "./token.input.ts";
import { CreateUserTokenPayload } from "./token.type.ts";

const DEFAULT_TTL_SECONDS = 900;

@Resolver()
export class TokenResolver {
  readonly #access: Pick<Access, "createUserToken">;
  readonly #store: Reads;

  constructor(access: Pick<Access, "createUserToken">, store: Reads) {
    this.#access = access;
    this.#store = store;
  }

  @Mutation(() => CreateUserTokenPayload, {
    description: "A short-lived token for one user's browser: bound to the user, the scopes and, if given, the origin.",
  })
  async createUserToken(
    @Arg("input", () => CreateUserTokenInput, { description: "What the token is bound to." }) input: CreateUserTokenInput,
    @Ctx() context: Context,
  ): Promise<CreateUserTokenPayload> {
    const { caller } = context;
    if (caller.kind !== "tenant") throw callerError("FORBIDDEN", "Only a tenant credential may do this.");
    const options = { scopes: input.scopes ?? [], origin: input.origin ?? null, ttlSeconds: input.ttlSeconds ?? DEFAULT_TTL_SECONDS };
    const fault = tokenFault(options);
    if (fault) return refused("InvalidInput", fault.message, fault.path);
    const user = await findUser(this.#store, context, input.user);
    if (!user) return refused("NotFound", "There is no such user.", ["user"]);
    return { ...(await this.#access.createUserToken(caller.tenant, user, options)), errors: [] };
  }
}
