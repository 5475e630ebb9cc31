import type { GraphQLFieldResolver } from "graphql";
import type { Caller } from "../access/access.ts";
import { nodeTypeOf, type TenantId } from "../domain/ids.ts";
import type { Context } from "./context.ts";

type Resolve = GraphQLFieldResolver<unknown, Context>;

/** What a payload, an input and a caller's wishes may hold; everything else of them is data and stays out of the log. */
interface Named {
  readonly id?: unknown;
  readonly fingerprint?: unknown;
  readonly tenantId?: unknown;
}
interface Answer extends Readonly<Record<string, unknown>> {
  readonly errors?: readonly { readonly type: string }[];
}

const OBJECTS = ["consent", "update", "user", "tenant", "certificate"] as const;
const IDS = ["consentId", "updateId", "tenant", "keyId", "fingerprint"] as const;

/** Puts the tenant's audit log behind a mutation: what was done, and what was tried and refused. */
export function audited(action: string, resolve: Resolve): Resolve {
  return async (source, args: Readonly<Record<string, unknown>>, context, info) => {
    context.subject = null;
    const note = async (answer: Answer, outcome: string): Promise<void> => {
      const tenant = tenantOf(context.caller, answer);
      if (tenant === null) return;
      const subject = subjectIn(answer) ?? context.subject ?? subjectOf(args["input"]);
      await context.audit.record(tenant, actorOf(context.caller), { action, subject, outcome });
    };
    let answer: Answer;
    try {
      answer = (await resolve(source, args, context, info)) as Answer; // every mutation answers a payload
    } catch (error) {
      await note({}, codeOf(error));
      throw error;
    }
    await note(answer, answer.errors?.[0]?.type ?? "DONE");
    return answer;
  };
}

/** Whose log it belongs in; null where nobody's is known (a refused registration, an operator's slip of the pen). */
function tenantOf(caller: Caller, answer: Answer): TenantId | null {
  if (caller.kind === "tenant" || caller.kind === "user") return caller.owner.tenantId;
  const [tenant, certificate] = [answer["tenant"], answer["certificate"]] as [Named | null | undefined, Named | null | undefined];
  return (tenant?.id ?? certificate?.tenantId ?? null) as TenantId | null;
}

function actorOf(caller: Caller): string {
  switch (caller.kind) {
    case "anonymous":
      return "anonymous";
    case "tenant":
      return `key:${caller.keyId}`;
    case "operator":
      return `operator:${caller.operator.id}`;
    case "user":
      return `user:${caller.user.id}`;
  }
}

function subjectIn(answer: Answer): string | null {
  if (typeof answer["keyId"] === "string") return answer["keyId"];
  for (const name of OBJECTS) {
    const found = answer[name] as Named | null | undefined;
    const id = found?.id ?? found?.fingerprint;
    if (typeof id === "string") return id;
  }
  return null;
}

/** What a caller wrote is an id only where it has the form of one: anything else might be anything. */
function subjectOf(input: unknown): string | null {
  const given = (typeof input === "object" && input !== null ? input : {}) as Readonly<Record<string, unknown>>;
  for (const name of IDS) {
    const id = given[name];
    if (typeof id === "string" && ((nodeTypeOf(id) ?? "Bank") !== "Bank" || /^([A-Za-z0-9]{12}|[0-9a-f]{64})$/.test(id))) return id;
  }
  return null;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "extensions" in error ? (error.extensions as { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : "INTERNAL_SERVER_ERROR";
}
