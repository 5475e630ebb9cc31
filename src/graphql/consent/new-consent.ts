import type { BankDirectory } from "../../banks/directory.ts";
import type { NewConsent } from "../../consents/consents.ts";
import { ConsentScope } from "../../domain/bank.ts";
import type { Refusal } from "../../domain/refusal.ts";
import type { Product } from "../../domain/tenant.ts";
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
  if (!bank) return refused("NotFound", "The directory has no such bank: take an id (bank_…) from the query banks.", ["bank"]);
  const scopes = input.scopes ?? ["ACCOUNTS", "BALANCES", "TRANSACTIONS"];
  const refusal = caller.kind === "tenant" || caller.kind === "user" ? productRefusal(scopes, caller.tenant.products) : null;
  if (refusal) return { errors: [refusal] };
  return {
    owner,
    userId: user.id,
    bank,
    redirectUrl: input.redirectUrl,
    scopes,
    psuType: input.psuType ?? "PERSONAL",
    startUpdate: input.startUpdate ?? false,
    idempotencyKey: input.idempotencyKey ?? null,
    psu: caller.kind === "user" ? context.psu : null,
  };
}

/** Identity belongs to KYC, everything else to AIS: a tenant asks banks for what it has been granted. */
function productRefusal(scopes: readonly ConsentScope[], products: readonly Product[]): Refusal | null {
  const productOf = (scope: ConsentScope): Product => (scope === "IDENTITY" ? "KYC" : "AIS");
  const missing = [...new Set(scopes.map(productOf))].filter((product) => !products.includes(product));
  if (missing.length === 0) return null;
  const supported = Object.values(ConsentScope).filter((scope) => products.includes(productOf(scope)));
  return { type: "ScopeNotSupported", message: `The tenant has not been granted ${missing.join(" and ")}.`, path: ["scopes"], supported };
}
