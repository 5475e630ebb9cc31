import { z } from "zod";
import { isIban } from "../ledger/iban.ts";
import { addDays, isDate } from "../ledger/calendar.ts";
import type { Access, Right } from "./consent.ts";
import { formatError, tppError } from "./tpp-error.ts";

const reference = z
  .object({
    iban: z.string().refine(isIban, "is not an IBAN").optional(),
    bban: z.string().optional(),
    pan: z.string().optional(),
    maskedPan: z.string().optional(),
    msisdn: z.string().optional(),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .optional(),
  })
  .refine((value) => [value.iban, value.bban, value.pan, value.maskedPan, value.msisdn].some(Boolean), "names no account");
const all = z.enum(["allAccounts", "allAccountsWithOwnerName"]).optional();
const list = z.array(reference).optional();

const requestSchema = z.object({
  access: z.strictObject({
    accounts: list,
    balances: list,
    transactions: list,
    additionalInformation: z.object({ ownerName: list, trustedBeneficiaries: list }).optional(),
    availableAccounts: all,
    availableAccountsWithBalance: all,
    allPsd2: all,
    restrictedTo: z.array(z.string()).optional(),
  }),
  recurringIndicator: z.boolean(),
  validUntil: z.string().refine(isDate, "is not a date YYYY-MM-DD"),
  frequencyPerDay: z.int().min(1).max(4),
  combinedServiceIndicator: z.boolean(),
});

export interface ConsentRequest {
  readonly access: Access;
  readonly askedAccess: Readonly<Record<string, unknown>>;
  readonly recurring: boolean;
  readonly frequencyPerDay: number;
  readonly validUntil: string;
}

/** Reads the body of POST /v1/consents; throws the standard's answer for whatever breaks a rule. */
export function readConsentRequest(body: Record<string, unknown>, today: string, maxDays: number): ConsentRequest {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join(".") || "body";
    throw formatError(path, `${path}: ${issue?.message ?? "invalid"}`);
  }
  const { recurringIndicator, validUntil, frequencyPerDay, combinedServiceIndicator } = parsed.data;
  if (combinedServiceIndicator)
    throw tppError(400, "SESSIONS_NOT_SUPPORTED", "Combined services are not offered.", { path: "combinedServiceIndicator" });
  if (!recurringIndicator && frequencyPerDay !== 1) throw formatError("frequencyPerDay", "A one-off consent has frequencyPerDay 1.");
  if (validUntil < today) throw tppError(400, "PERIOD_INVALID", "validUntil is in the past.", { path: "validUntil" });
  const access = readAccess(parsed.data.access);
  const last = addDays(today, maxDays);
  return {
    access,
    askedAccess: body["access"] as Record<string, unknown>,
    recurring: recurringIndicator,
    frequencyPerDay,
    validUntil: validUntil > last ? last : validUntil,
  };
}

type WireAccess = z.infer<typeof requestSchema>["access"];

function readAccess(wire: WireAccess): Access {
  const {
    accounts,
    balances,
    transactions,
    additionalInformation,
    availableAccounts,
    availableAccountsWithBalance,
    allPsd2,
    restrictedTo,
  } = wire;
  const lists: Partial<Record<Right, NonNullable<typeof accounts>>> = Object.fromEntries(
    Object.entries({ accounts, balances, transactions, ownerName: additionalInformation?.ownerName }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const filled = Object.values(lists).filter((part) => part.length > 0).length;
  const models = [Object.keys(lists).length > 0, availableAccounts, availableAccountsWithBalance, allPsd2].filter(Boolean).length;
  if (models !== 1)
    throw formatError(
      "access",
      "access must hold exactly one of: accounts/balances/transactions, availableAccounts, availableAccountsWithBalance, allPsd2.",
    );
  if (allPsd2) return { model: "global", ownerName: allPsd2 === "allAccountsWithOwnerName", restrictedTo };
  const available = availableAccounts ?? availableAccountsWithBalance;
  if (available)
    return {
      model: "available",
      ownerName: available === "allAccountsWithOwnerName",
      withBalance: availableAccountsWithBalance !== undefined,
      restrictedTo,
    };
  if (filled === 0)
    return {
      model: "bank-offered",
      rights: ["accounts", ...(Object.keys(lists) as Right[]).filter((right) => right !== "accounts")],
      restrictedTo,
    };
  if (filled < Object.keys(lists).length) throw formatError("access", "If one of the lists is empty, all must be.");
  if (restrictedTo) throw formatError("access.restrictedTo", "restrictedTo is not allowed with named accounts.");
  return {
    model: "detailed",
    rights: {
      accounts: lists.accounts ?? [],
      balances: lists.balances ?? [],
      transactions: lists.transactions ?? [],
      ownerName: lists.ownerName ?? [],
    },
  };
}
