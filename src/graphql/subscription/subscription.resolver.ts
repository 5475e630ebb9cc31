import { Arg, Ctx, ID, Resolver, Root, Subscription } from "type-graphql";
import { ChangeKind, type Change } from "../../domain/change.ts";
import type { Consent } from "../../domain/consent.ts";
import type { Update } from "../../domain/update.ts";
import { ChangeInterface } from "../change/change.type.ts";
import { ConsentType } from "../consent/consent.type.ts";
import type { Context } from "../context.ts";
import { ChangeCursorScalar } from "../scalars.ts";
import { UpdateType } from "../update/update.type.ts";
import { UserBy } from "../user/user.input.ts";
import type { Sources } from "./sources.ts";

/** type-graphql hands `subscribe` no instance: the context carries the sources. */
const from =
  <Args>(open: (sources: Sources, args: Args, context: Context) => Promise<AsyncIterableIterator<unknown>>) =>
  ({ args, context }: { args: object; context: Context }) =>
    open(context.sources, args as Args, context);

@Resolver()
export class SubscriptionResolver {
  @Subscription(() => UpdateType, {
    description: "The first event is the state at subscription; then every visible change; completes after a final status.",
    subscribe: from<{ updateId: string }>((sources, { updateId }, context) => sources.update(context, updateId)),
  })
  updateStatus(@Root() update: Update, @Arg("updateId", () => ID, { description: "The update." }) _id: string): Update {
    return update;
  }

  @Subscription(() => ConsentType, {
    description: "Snapshot first, then every change; completes when the consent is deleted.",
    subscribe: from<{ consentId: string }>((sources, { consentId }, context) => sources.consent(context, consentId)),
  })
  consentStatus(@Root() consent: Consent, @Arg("consentId", () => ID, { description: "The consent." }) _id: string): Consent {
    return consent;
  }

  @Subscription(() => ChangeInterface, {
    description: "Replays what the user's log holds after the cursor, then follows it live: the same items as User.changes.",
    subscribe: from<{ user?: UserBy; after?: number; kinds?: ChangeKind[] }>((sources, args, context) => sources.changes(context, args)),
  })
  changes(
    @Root() change: Change,
    @Arg("user", () => UserBy, { nullable: true, description: "Whose log; the viewer's when called with a user token." })
    _user: UserBy | null,
    @Arg("after", () => ChangeCursorScalar, { nullable: true, description: "Go on behind this position; from the start when left out." })
    _after: number | null,
    @Arg("kinds", () => [ChangeKind], { nullable: true, description: "Only changes of these kinds; all when left out." })
    _kinds: ChangeKind[] | null,
    @Ctx() _context: Context,
  ): Change {
    return change;
  }
}
