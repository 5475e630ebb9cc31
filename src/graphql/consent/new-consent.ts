import type { BankDirectory } from "../../banks/directory.ts";
import type { NewConsent } from "../../consents/consents.ts";
import type { Refusal } from "../../domain/refusal.ts";
import type { Reads } from "../../store/reads.ts";
import { findBank } from "../bank/find-bank.ts";
import type { Context } from "../context.ts";
import { refused } from "../refusal/refuse.ts";
import { findUser } from "../user/find-user.ts";
import type { CreateConsentInput } from "./consent.input.ts";

/** Turns the caller's words into a request: finds user and bank, or says which is not there. */
export async function newConsent(
  parts: { readonly store: Pick<Reads, "userByClientId">; readonly banks: BankDirectory },
  context: Context,
  input: CreateConsentInput,
): Promise<NewConsent | { readonly errors: readonly Refusal[] }> {
  const { caller, owner } = context;
  const viewer = caller.kind === "user" ? caller.user : null;
  if (input.user == null && !viewer) return refused("InvalidInput", "Say whose consent it is: name the user.", ["user"]);
  const user = input.user == null ? viewer : await findUser(parts.store, context, input.user);
  if (!user) return refused("NotFound", "There is no such user.", ["user"]);
  const bank = findBank(parts.banks, input.bank);
  if (!bank) return refused("NotFound", "The directory has no such bank.", ["bank"]);
  return {
    owner,
    userId: user.id,
    bank,
    redirectUrl: input.redirectUrl,
    scopes: input.scopes ?? ["ACCOUNTS", "BALANCES", "TRANSACTIONS"],
    psuType: input.psuType ?? "PERSONAL",
    startUpdate: input.startUpdate ?? false,
    idempotencyKey: input.idempotencyKey ?? null,
    psu: caller.kind === "user" ? context.psu : null,
  };
}
