import { nodeTypeOf, type UserId } from "../../domain/ids.ts";
import type { User } from "../../domain/tenant.ts";
import type { Reads } from "../../store/reads.ts";
import type { Context } from "../context.ts";
import type { UserBy } from "./user.input.ts";

/** The user that the caller means, if it is one of theirs. Anything that can be no id of a user finds none. */
export async function findUser(store: Pick<Reads, "userByClientId">, context: Context, by: UserBy): Promise<User | null> {
  const user = await found(store, context, by);
  context.subject = user?.id ?? null;
  return user;
}

async function found(store: Pick<Reads, "userByClientId">, context: Context, by: UserBy): Promise<User | null> {
  if (by.id != null) return nodeTypeOf(by.id) === "User" ? context.loaders.user(by.id as UserId) : null;
  return by.clientId == null ? null : store.userByClientId(context.owner, by.clientId);
}
