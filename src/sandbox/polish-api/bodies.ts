import { z } from "zod";
import { isDate } from "../ledger/calendar.ts";
import type { Version } from "./options.ts";

/** Request bodies as the specification has them: required fields, forms and lengths; fields it does not know are refused. */

const uuid1 = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i, "must be a UUID of version 1");
const dateTime = z.iso.datetime({ offset: true, local: true });
const day = z.string().refine(isDate, "must be a date YYYY-MM-DD");
const amount = z.string().regex(/^(0|([1-9][0-9]{0,}))\.\d{2}$/, "must be an amount with two decimals");
const text = z.string().min(1);

export const LIST_OPERATIONS = [
  "getTransactionsDone",
  "getTransactionsPending",
  "getTransactionsRejected",
  "getTransactionsCancelled",
  "getTransactionsScheduled",
  "getHolds",
] as const;
export type ListOperation = (typeof LIST_OPERATIONS)[number];

function bodiesOf(version: Version) {
  const tppId = version === "3.0" ? text : text.optional();
  const plain = { requestId: uuid1, userAgent: text.optional(), ipAddress: z.union([z.ipv4(), z.ipv6()]).optional(), sendDate: dateTime.optional(), tppId }; // prettier-ignore
  const context = {
    isCompanyContext: z.boolean().optional(),
    psuIdentifierType: text.optional(),
    psuIdentifierValue: text.optional(),
    psuContextIdentifierType: text.optional(),
    psuContextIdentifierValue: text.optional(),
  };
  const { requestId, sendDate } = plain;
  const authorizeHeader = z.strictObject({ ...plain, ...context });
  const tokenHeader = version === "3.0" ? z.strictObject({ requestId, sendDate, tppId, ...context }) : authorizeHeader;
  const reading = { ...plain, token: text, isDirectPsu: z.boolean().default(false) };
  const accountHeader = z.strictObject(reading);
  const listHeader = z.strictObject({ ...reading, callbackURL: text.optional(), apiKey: text.optional() });

  const usage = z.enum(["single", "multiple"]).optional();
  const simple = z.strictObject({ scopeUsageLimit: usage }).optional();
  const deep = z.strictObject({ scopeUsageLimit: usage, maxAllowedHistoryLong: z.int().min(1).max(1460) }).optional();
  const lists = Object.fromEntries(LIST_OPERATIONS.map((name) => [`ais:${name}`, deep])) as Record<`ais:${ListOperation}`, typeof deep>;
  const privilege = z.strictObject({
    accountNumber: z.string().min(1).max(34).optional(),
    "ais-accounts:getAccounts": simple,
    "ais:getAccount": simple,
    "ais:getTransactionDetail": simple,
    ...lists,
  });
  const scopeDetails = z.strictObject({
    privilegeList: z.array(privilege).min(1),
    scopeGroupType: z.enum(["ais-accounts", "ais"]),
    consentId: text,
    scopeTimeLimit: dateTime,
    throttlingPolicy: z.literal("psd2Regulatory"),
  });

  const page = { pageId: text.optional(), perPage: z.int().min(1).optional() };
  const itemId = z
    .string()
    .min(1)
    .max(version === "3.0" ? 128 : 64);
  const filter = {
    requestHeader: listHeader,
    accountNumber: text,
    itemIdFrom: itemId.optional(),
    transactionDateFrom: day.optional(),
    transactionDateTo: day.optional(),
    bookingDateFrom: day.optional(),
    bookingDateTo: day.optional(),
    minAmount: amount.optional(),
    maxAmount: amount.optional(),
    ...page,
  };
  return {
    authorize: z.strictObject({
      requestHeader: authorizeHeader,
      response_type: z.literal("code"),
      client_id: text,
      redirect_uri: z.url(),
      scope: z.enum(["ais-accounts", "ais"]),
      scope_details: scopeDetails,
      state: text,
    }),
    token: z.strictObject({
      requestHeader: tokenHeader,
      grant_type: z.enum(["authorization_code", "refresh_token", "exchange_token"]),
      Code: text.optional(),
      redirect_uri: text.optional(),
      client_id: text.optional(),
      refresh_token: text.optional(),
      exchange_token: text.optional(),
      scope: z.literal("ais").optional(),
      scope_details: scopeDetails.optional(),
      is_user_session: z.boolean().optional(),
      user_ip: z.union([z.ipv4(), z.ipv6()]).optional(),
      user_agent: text.optional(),
    }),
    deleteConsent: z.strictObject({ requestHeader: z.strictObject(plain), consentId: text }),
    getAccounts: z.strictObject({ requestHeader: listHeader, typeOfPsuRelation: z.enum(["Owner", "Borrower", "Guarantor", "ProxyOwner", "Beneficiary", "Trustee"]).optional(), ...page }), // prettier-ignore
    getAccount: z.strictObject({ requestHeader: accountHeader, accountNumber: text }),
    getTransactionDetail: z.strictObject({ requestHeader: accountHeader, itemId, accountNumber: z.string().min(1).max(34), bookingDate: dateTime.optional() }), // prettier-ignore
    list: z.strictObject({ ...filter, type: z.enum(["CREDIT", "DEBIT"]).optional() }),
    holds: z.strictObject({ ...filter, type: z.literal("DEBIT").optional() }),
  };
}

const BODIES = { "2.1.2": bodiesOf("2.1.2"), "3.0": bodiesOf("3.0") } as const;
type Bodies = ReturnType<typeof bodiesOf>;

export type BodyName = keyof Bodies;
export type BodyOf<Name extends BodyName> = z.infer<Bodies[Name]>;
export type ScopeDetails = BodyOf<"authorize">["scope_details"];
export type AskedPrivilege = ScopeDetails["privilegeList"][number];

export function schemaOf<Name extends BodyName>(version: Version, name: Name): Bodies[Name] {
  return BODIES[version][name];
}
