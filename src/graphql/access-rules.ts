import type { GraphQLObjectType, GraphQLSchema } from "graphql";
import type { Caller } from "../access/access.ts";
import { isApplicant, isOperator, isTenant, mayRead, mayReadIdentity, mayWrite } from "../access/may.ts";
import { audited } from "./audit.ts";
import { unauthenticated, type Context } from "./context.ts";
import { callerError } from "./errors.ts";

/** Who may ask for a field. Nobody may ask for a field without a rule: the schema is not built then. */
export type Rule = "reader" | "writer" | "identity" | "tenant" | "applicant" | "self" | "operator" | "anyone";

/** Every root field, with who may ask for it. Anonymous callers may register, and nothing else. */
export const ROOT_RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  Query: {
    node: "reader", nodes: "reader", viewer: "reader", tenant: "self", tenants: "operator", user: "reader", users: "reader", bank: "reader", banks: "reader",
    consent: "reader", update: "reader", account: "reader", transaction: "reader",
  },
  Mutation: {
    registerTenant: "anyone", subscribeToProducts: "applicant", requestProductionAccess: "tenant", rotateApiKey: "tenant", revokeApiKey: "tenant",
    approveTenant: "operator", refuseTenant: "operator", setAllowedAddresses: "operator", issueCertificate: "operator",
    revokeCertificate: "operator",
    setTenantUrls: "tenant", createUser: "tenant", deleteUser: "tenant", createUserToken: "tenant",
    createConsent: "writer", renewConsent: "writer", deleteConsent: "writer",
    createUpdate: "writer", cancelUpdate: "writer", setUpdateSchedule: "writer",
  },
  Subscription: { updateStatus: "reader", consentStatus: "reader", changes: "reader" },
}; // prettier-ignore

/**
 * Every object type, with who may read its fields. "carrier": whoever got there may read it, because each way to it is checked
 * (root fields, and the fields of Consent and Update, which mutations answer to tokens that have WRITE alone).
 */
export const TYPE_RULES: Readonly<Record<string, Rule | "carrier">> = {
  Consent: "reader",
  Update: "reader",
  Identity: "identity",
  IdentityChanged: "identity",
  ...carriers(
    "Tenant User Bank UpdateSchedule BankQuota UpdateProgress UpdateStep BankError Account AccountCoverage DateRange Balance Money",
    "Transaction Counterparty CurrencyExchange DeletionReceipt PageInfo ChangePage",
    "ApiKey ClientCertificate AuditEntry AuditEntryConnection AuditEntryEdge TenantConnection TenantEdge",
    "UserConnection UserEdge BankConnection BankEdge ConsentConnection ConsentEdge UpdateConnection UpdateEdge",
    "AccountConnection AccountEdge TransactionConnection TransactionEdge",
    "ConsentChanged ConsentDeleted UpdateChanged AccountChanged AccountDeleted BalanceChanged",
    "TransactionAdded TransactionModified TransactionRemoved",
    "InvalidInput NotFound Conflict RedirectUrlNotRegistered CallbackUrlNotRegistered ScopeNotSupported ConsentNotUsable QuotaSpent",
    "BankUnavailable SetTenantUrlsPayload CreateUserPayload DeleteUserPayload CreateUserTokenPayload CreateConsentPayload",
    "RegisterTenantPayload SubscribeToProductsPayload RequestProductionAccessPayload RotateApiKeyPayload RevokeApiKeyPayload",
    "ApproveTenantPayload RefuseTenantPayload SetAllowedAddressesPayload IssueCertificatePayload RevokeCertificatePayload",
    "RenewConsentPayload DeleteConsentPayload SetUpdateSchedulePayload CreateUpdatePayload CancelUpdatePayload",
  ),
};

function carriers(...lines: readonly string[]): Record<string, "carrier"> {
  return Object.fromEntries(lines.flatMap((line) => line.split(" ")).map((name) => [name, "carrier"]));
}

/** What a token with WRITE alone sees of the objects that its mutations answer: enough to go on. */
const WRITER_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Consent: ["id", "status", "statusReason", "statusChangedAt", "attention", "authorizationUrl", "redirectUrl", "bank", "schedule", "scopes", "psuType", "createdAt"],
  Update: ["id", "status", "trigger", "sequence", "error", "waitReason", "nextAttemptAt", "createdAt", "startedAt", "finishedAt", "progress"],
}; // prettier-ignore

/** Fields of identity data on objects that others may read. */
const FIELD_RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = { User: { identities: "identity" } };

const ALLOWED: Readonly<Record<Rule, (caller: Caller) => boolean>> = {
  reader: mayRead,
  writer: mayWrite,
  identity: (caller) => mayRead(caller) && mayReadIdentity(caller),
  tenant: isTenant,
  applicant: isApplicant,
  self: (caller) => mayRead(caller) || isApplicant(caller),
  operator: isOperator,
  anyone: () => true,
};

const REFUSAL: Readonly<Record<Rule, string>> = {
  reader: "The token lacks scope READ.",
  writer: "The token lacks scope WRITE.",
  identity: "The token lacks scope IDENTITY.",
  tenant: "Only a tenant credential may do this.",
  applicant: "Only a tenant credential may do this.",
  self: "The token lacks scope READ.",
  operator: "Only an operator may do this.",
  anyone: "",
};

const UNVERIFIED = 'An operator of the hub has not verified this tenant yet: until then its key is good for "tenant" alone.';

/** Puts the rules in front of the resolvers. @throws Error for a root field or object type without a rule */
export function applyAccessRules(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__") || !("getInterfaces" in type) || !("isTypeOf" in type)) continue;
    for (const name of Object.keys(type.getFields())) guard(type, name, ruleOf(type.name, name));
  }
}

/** The rule of a field; null where what carries it has been checked. @throws Error where there is none */
export function ruleOf(type: string, field: string): Rule | "reader or writer" | null {
  const root = ROOT_RULES[type];
  const rule = root ? root[field] : (FIELD_RULES[type]?.[field] ?? TYPE_RULES[type]);
  if (rule === undefined) throw new Error(`No access rule says who may ask for ${type}.${field}: add it to graphql/access-rules.ts`);
  if (rule === "carrier") return null;
  return rule === "reader" && WRITER_FIELDS[type]?.includes(field) ? "reader or writer" : rule;
}

function guard(type: GraphQLObjectType, name: string, rule: Rule | "reader or writer" | null): void {
  const field = type.getFields()[name];
  if (!field || rule === null) return;
  const { resolve, subscribe } = field;
  if (rule === "reader or writer") return; // every caller that got here has one of the two
  const checked: typeof field.resolve = (source, args, context: Context, info) => {
    check(context.caller, rule);
    return resolve ? resolve(source, args, context, info) : (source as Record<string, unknown>)[name];
  };
  field.resolve = type.name === "Mutation" ? audited(name, checked) : checked;
  if (subscribe)
    field.subscribe = (source, args, context: Context, info) => {
      check(context.caller, rule);
      return subscribe(source, args, context, info);
    };
}

function check(caller: Caller, rule: Rule): void {
  if (ALLOWED[rule](caller)) return;
  if (caller.kind === "anonymous") throw unauthenticated();
  const waits = caller.kind === "tenant" && rule !== "operator";
  throw callerError("FORBIDDEN", waits ? UNVERIFIED : REFUSAL[rule]);
}
