import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { nodeTypeOf, type ConsentId, type UpdateId } from "../../domain/ids.ts";
import type { Update } from "../../domain/update.ts";
import type { UpdateRequests } from "../../sync/requests.ts";
import type { Context } from "../context.ts";
import { payload, refused, type Payload } from "../refusal/refuse.ts";
import { psuContextFault, psuContextOf } from "./psu-context.ts";
import { CancelUpdateInput, CreateUpdateInput } from "./update.input.ts";
import { CancelUpdatePayload, CreateUpdatePayload } from "./update.payload.ts";

@Resolver()
export class UpdateMutations {
  readonly #requests: Pick<UpdateRequests, "create" | "cancel">;

  constructor(requests: Pick<UpdateRequests, "create" | "cancel">) {
    this.#requests = requests;
  }

  @Mutation(() => CreateUpdatePayload, { description: "Joins a running update of the consent instead of starting a second one." })
  async createUpdate(
    @Arg("input", () => CreateUpdateInput, { description: "The update to run." }) input: CreateUpdateInput,
    @Ctx() { owner }: Context,
  ): Promise<CreateUpdatePayload> {
    const { consentId, callbackUrl = null, idempotencyKey = null } = input;
    if (nodeTypeOf(consentId) !== "Consent") return { ...refused("NotFound", "There is no such consent.", ["consentId"]), joined: false };
    const fault = input.psuContext ? psuContextFault(input.psuContext) : null;
    if (fault) return { ...refused("InvalidInput", fault.message, ["psuContext", fault.field]), joined: false };
    const psuContext = input.psuContext ? psuContextOf(input.psuContext) : null;
    const outcome = await this.#requests.create({ owner, consentId: consentId as ConsentId, callbackUrl, psuContext, idempotencyKey });
    const { update = null, joined = false } = outcome.value ?? {};
    return { update, joined, errors: outcome.ok ? [] : outcome.refusals };
  }

  @Mutation(() => CancelUpdatePayload, { description: "Stops an update; what it fetched is kept. A finished update stays as it is." })
  async cancelUpdate(
    @Arg("input", () => CancelUpdateInput, { description: "The update to stop." }) { updateId }: CancelUpdateInput,
    @Ctx() { owner }: Context,
  ): Promise<Payload<"update", Update>> {
    if (nodeTypeOf(updateId) !== "Update") return refused("NotFound", "There is no such update.", ["updateId"]);
    return payload("update", await this.#requests.cancel(owner, updateId as UpdateId));
  }
}
