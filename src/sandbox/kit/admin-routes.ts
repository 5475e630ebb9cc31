import { z } from "zod";
import { transactionSchema, userSchema } from "../ledger/from-json.ts";
import { decisionSchema, type BankAdmin, type Decision } from "./admin.ts";
import type { FaultSpec } from "./faults/fault.ts";
import { jsonReply, ReplyError, type Call, type Reply } from "./http-message.ts";
import type { Route } from "./router.ts";

const clockSchema = z.union([z.strictObject({ advance: z.string() }), z.strictObject({ set: z.string() })]);
const faultSchema = z.looseObject({ kind: z.string() });
const accountSchema = z.object({ account: z.string() });

/**
 * `/__sandbox/…`, JSON in and out, for tests and the hub's time travel only.
 * clock {"advance":"P1D"} | {"set":iso} · faults POST one or a list, GET, DELETE (`?id=`) · truth GET ?user= or POST {"user"} ·
 * requests GET ?operation=, DELETE · revoke {"consentId"} · cosign {"consentId"} · decide {consentId,user,decision,accounts?} ·
 * users POST a ledger user · transactions POST {account,transactions} · cancel {account,id} · account-status {account,status}
 */
export function adminRoutes(admin: BankAdmin): Route[] {
  const route = (method: string, name: string, handle: (call: Call) => Reply): Route => ({
    operation: "admin",
    method,
    pattern: `/__sandbox/${name}`,
    handle: (call) => guarded(() => handle(call)),
  });
  const ok = (done: boolean) => (done ? jsonReply(200, { ok: true }) : jsonReply(404, { error: "not found" }));
  const setClock = (call: Call) => {
    const wanted = bodyAs(clockSchema, call);
    return "advance" in wanted ? admin.clock.advance(wanted.advance) : admin.clock.set(wanted.set);
  };
  return [
    route("GET", "clock", () => jsonReply(200, { now: admin.clock.now().toISOString() })),
    route("POST", "clock", (call) => jsonReply(200, { now: setClock(call).toISOString() })),
    route("GET", "faults", () => jsonReply(200, { faults: admin.faults.list() })),
    route("POST", "faults", (call) => {
      const body = bodyAs(z.union([faultSchema, z.array(faultSchema)]), call);
      return jsonReply(201, { faults: admin.setFault(...((Array.isArray(body) ? body : [body]) as unknown as FaultSpec[])) });
    }),
    route("DELETE", "faults", (call) => {
      admin.clearFaults(call.query.get("id") ?? undefined);
      return jsonReply(200, { ok: true });
    }),
    route("GET", "truth", (call) => jsonReply(200, admin.truth(call.query.get("user") ?? "demo"))),
    route("POST", "truth", (call) => jsonReply(200, admin.truth(bodyAs(z.object({ user: z.string() }), call).user))),
    route("GET", "requests", (call) => jsonReply(200, { requests: admin.requests(call.query.get("operation") ?? undefined) })),
    route("POST", "requests", () => jsonReply(200, { requests: admin.requests() })),
    route("DELETE", "requests", () => {
      admin.clearRequests();
      return jsonReply(200, { ok: true });
    }),
    route("POST", "revoke", (call) => ok(admin.revoke(bodyAs(z.object({ consentId: z.string() }), call).consentId))),
    route("POST", "cosign", (call) => ok(admin.cosign(bodyAs(z.object({ consentId: z.string() }), call).consentId))),
    route("POST", "decide", (call) => {
      admin.decide(bodyAs(decisionSchema, call) as Decision);
      return jsonReply(200, { ok: true });
    }),
    route("POST", "users", (call) => jsonReply(201, admin.addUser(bodyAs(userSchema, call)))),
    route("POST", "transactions", (call) => {
      const { account, transactions } = bodyAs(accountSchema.extend({ transactions: z.array(transactionSchema) }), call);
      return ok(admin.addTransactions(account, transactions));
    }),
    route("POST", "cancel", (call) => {
      const { account, id } = bodyAs(accountSchema.extend({ id: z.string() }), call);
      return ok(admin.cancelTransaction(account, id));
    }),
    route("POST", "account-status", (call) => {
      const { account, status } = bodyAs(accountSchema.extend({ status: z.enum(["enabled", "blocked", "deleted"]) }), call);
      return ok(admin.setAccountStatus(account, status));
    }),
  ];
}

function bodyAs<T>(schema: z.ZodType<T>, call: Call): T {
  return schema.parse(JSON.parse(call.body.toString("utf8") || "{}"));
}

function guarded(handle: () => Reply): Reply {
  try {
    return handle();
  } catch (error) {
    if (error instanceof ReplyError) throw error;
    return jsonReply(400, { error: error instanceof Error ? error.message : String(error) });
  }
}
