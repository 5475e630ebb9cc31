import type { Change, ChangeKind } from "../../domain/change.ts";
import type { Consent } from "../../domain/consent.ts";
import { nodeTypeOf, type ConsentId, type UpdateId } from "../../domain/ids.ts";
import type { Update } from "../../domain/update.ts";
import type { Watch } from "../../events/watch.ts";
import type { Reads } from "../../store/reads.ts";
import { visibleKinds, withSubject } from "../change/change-pages.ts";
import type { Context } from "../context.ts";
import { callerError } from "../errors.ts";
import { findUser } from "../user/find-user.ts";
import type { UserBy } from "../user/user.input.ts";
import { eachFresh } from "./follow.ts";

/** Opens what a subscription follows, after the one check of whose it is. A foreign id answers as a missing one. */
export class Sources {
  readonly #watch: Watch;
  readonly #store: Pick<Reads, "userByClientId">;

  constructor(watch: Watch, store: Pick<Reads, "userByClientId">) {
    this.#watch = watch;
    this.#store = store;
  }

  async update(context: Context, id: string): Promise<AsyncIterableIterator<Update>> {
    const update = nodeTypeOf(id) === "Update" ? await context.loaders.update(id as UpdateId) : null;
    if (!update) throw missing("update", "updateId");
    return eachFresh(context, this.#watch.updates(update.id));
  }

  async consent(context: Context, id: string): Promise<AsyncIterableIterator<Consent>> {
    const consent = nodeTypeOf(id) === "Consent" ? await context.loaders.consent(id as ConsentId) : null;
    if (!consent) throw missing("consent", "consentId");
    return eachFresh(context, this.#watch.consents(consent.id));
  }

  async changes(context: Context, args: ChangesWanted): Promise<AsyncIterableIterator<Change>> {
    const viewer = context.caller.kind === "user" ? context.caller.user : null;
    const user = args.user ? await findUser(this.#store, context, args.user) : viewer;
    if (!user)
      throw args.user ? missing("user", "user") : callerError("BAD_USER_INPUT", "Say whose log: name the user.", { argument: ["user"] });
    const kinds = visibleKinds(context, args.kinds ?? null);
    return withSubjects(context, eachFresh(context, this.#watch.changes(context.owner, user.id, args.after ?? 0, kinds)));
  }
}

export interface ChangesWanted {
  readonly user?: UserBy | null;
  readonly after?: number | null;
  readonly kinds?: readonly ChangeKind[] | null;
}

/** Passes over changes whose object is gone by now: their `ConsentDeleted` follows. */
function withSubjects(context: Context, source: AsyncIterableIterator<Change>): AsyncIterableIterator<Change> {
  return {
    async next() {
      for (;;) {
        const result = await source.next();
        if (result.done || (await withSubject(context.loaders, [result.value])).length > 0) return result;
      }
    },
    return: async () => (await source.return?.()) ?? { value: undefined, done: true },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function missing(what: string, argument: string): Error {
  return callerError("BAD_USER_INPUT", `There is no such ${what}.`, { argument: [argument] });
}
