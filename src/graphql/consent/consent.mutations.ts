import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { BankDirectory } from "../../banks/directory.ts";
import type { Consents } from "../../consents/consents.ts";
import type { Consent, DeletionReceipt } from "../../domain/consent.ts";
import { nodeTypeOf, type ConsentId } from "../../domain/ids.ts";
import type { Reads } from "../../store/reads.ts";
import type { Context } from "../context.ts";
import { payload, refused, type Payload } from "../refusal/refuse.ts";
import { CreateConsentInput, DeleteConsentInput, RenewConsentInput, SetUpdateScheduleInput } from "./consent.input.ts";
import { CreateConsentPayload, DeleteConsentPayload, RenewConsentPayload, SetUpdateSchedulePayload } from "./consent.payload.ts";
import { newConsent } from "./new-consent.ts";

@Resolver()
export class ConsentMutations {
  readonly #consents: Consents;
  readonly #parts: { readonly store: Reads; readonly banks: BankDirectory };

  constructor(consents: Consents, store: Reads, banks: BankDirectory) {
    this.#consents = consents;
    this.#parts = { store, banks };
  }

  @Mutation(() => CreateConsentPayload, { description: "Status REQUESTED, with the authorization URL to hand to the user." })
  async createConsent(
    @Arg("input", () => CreateConsentInput, { description: "The consent to ask for." }) input: CreateConsentInput,
    @Ctx() context: Context,
  ): Promise<Payload<"consent", Consent>> {
    const request = await newConsent(this.#parts, context, input);
    return "errors" in request ? request : payload("consent", await this.#consents.create(request, context.signal));
  }

  @Mutation(() => RenewConsentPayload, {
    description:
      "A new authorisation of the same consent: same consent, account and transaction ids; the old grant stays in force until the new one succeeds.",
  })
  async renewConsent(
    @Arg("input", () => RenewConsentInput, { description: "The consent to renew." }) { consentId, redirectUrl = null }: RenewConsentInput,
    @Ctx() { caller, owner, psu, signal }: Context,
  ): Promise<Payload<"consent", Consent>> {
    if (!isConsentId(consentId)) return noConsent();
    const present = caller.kind === "user" ? psu : null;
    return payload("consent", await this.#consents.renew(owner, consentId, redirectUrl, present, signal));
  }

  @Mutation(() => DeleteConsentPayload, { description: "Ends the access at the bank and erases everything acquired with the consent." })
  async deleteConsent(
    @Arg("input", () => DeleteConsentInput, { description: "The consent to delete." }) { consentId }: DeleteConsentInput,
    @Ctx() { owner, signal }: Context,
  ): Promise<Payload<"receipt", DeletionReceipt>> {
    return isConsentId(consentId) ? payload("receipt", await this.#consents.erase(owner, consentId, signal)) : noConsent();
  }

  @Mutation(() => SetUpdateSchedulePayload, { description: "Background updates, spread over the day within the bank's quota." })
  async setUpdateSchedule(
    @Arg("input", () => SetUpdateScheduleInput, { description: "How often." }) { consentId, timesPerDay }: SetUpdateScheduleInput,
    @Ctx() { owner }: Context,
  ): Promise<Payload<"consent", Consent>> {
    return isConsentId(consentId) ? payload("consent", await this.#consents.setSchedule(owner, consentId, timesPerDay)) : noConsent();
  }
}

function isConsentId(id: string): id is ConsentId {
  return nodeTypeOf(id) === "Consent";
}

function noConsent(): ReturnType<typeof refused> {
  return refused("NotFound", "There is no such consent.", ["consentId"]);
}
