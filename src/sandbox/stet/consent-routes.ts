import { z } from "zod";
import { header, type Call, type Reply } from "../kit/http-message.ts";
import { accountReference } from "./wire-account.ts";
import type { BankContext } from "./context.ts";
import { openGrant } from "./gate.ts";
import type { Right } from "./grants.ts";
import { echoed, refused } from "./hal.ts";

const reference = z.strictObject({
  workspace: z.string().max(32).optional(),
  iban: z.string().optional(),
  other: z
    .strictObject({ identification: z.string().max(70), schemeName: z.string().max(70), issuer: z.string().max(35).optional() })
    .optional(),
  currency: z.string().length(3).optional(),
});
type Reference = z.infer<typeof reference>;

const common = {
  balances: z.array(reference),
  transactions: z.array(reference),
  trustedBeneficiaries: z.boolean(),
  psuIdentity: z.boolean(),
};
const accessOf14 = z.strictObject(common);
const accessOf15 = z.strictObject({
  ...common,
  owners: z.array(reference),
  overdrafts: z.array(reference).optional(),
  trustedWorkspaceBeneficiaries: z.array(z.unknown()).optional(),
});

/** PUT /consents: what the person agreed to at the TPP. Replaces what was sent before. */
export async function putConsents(call: Call, context: BankContext): Promise<Reply> {
  const { grant } = await openGrant(call, context);
  const { version, consentModel } = context.settings;
  if (consentModel === "full") throw refused(version === "1.5" ? 501 : 405, "The PSU chooses the accounts at the bank.");
  const body = bodyOf(call);
  const access = version === "1.5" ? parsed(accessOf15, body) : { owners: [], ...parsed(accessOf14, body) };
  const ids = (right: Right): ReadonlySet<string> => {
    const listed: Partial<Record<Right, readonly Reference[] | undefined>> = access;
    return new Set((listed[right] ?? []).map((one) => accountOf(context, grant.user, one)));
  };
  const rights = { balances: ids("balances"), transactions: ids("transactions"), owners: ids("owners"), overdrafts: ids("overdrafts") };
  context.grants.setAccess(grant.user, { ...rights, psuIdentity: access.psuIdentity });
  return { status: 201, headers: echoed(call), body: "" };
}

function bodyOf(call: Call): unknown {
  if (!/^application\/json\s*(;|$)/i.test(header(call, "Content-Type") ?? ""))
    throw refused(400, "The Content-Type must be application/json.");
  try {
    return JSON.parse(call.body.toString("utf8"));
  } catch {
    throw refused(400, "The body is not JSON.");
  }
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw refused(400, `The body is not an Access structure: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
}

/** The account must be named by the same object as in the list. */
function accountOf({ ledger, settings }: BankContext, user: string, wanted: Reference): string {
  for (const { account } of ledger.booksOf(user)) {
    const own = reference.parse(accountReference(account, settings.version));
    const same =
      own.iban === wanted.iban &&
      own.other?.identification === wanted.other?.identification &&
      own.other?.schemeName === wanted.other?.schemeName;
    if (same && (wanted.currency === undefined || wanted.currency === account.currency)) return account.id;
  }
  throw refused(400, "An account of the consent is unknown.");
}
