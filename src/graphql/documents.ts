import { GraphQLError, Kind, parse, validate, visit, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from "graphql";
import type { Caller } from "../access/access.ts";
import { unauthenticated } from "./context.ts";
import { costOf, type Cost, type Variables } from "./cost.ts";
import { callerError } from "./errors.ts";
import { tooMuch } from "./limits.ts";

/** For `parse` and `validate`, Apollo's as well as ours. */
export const PARSE_OPTIONS = { maxTokens: 2_000 } as const;
export const VALIDATION_OPTIONS = { maxErrors: 5 } as const;

/** What is known of an operation's text, so that a text is looked at once. */
export interface Documents {
  /** What stands against executing it over HTTP, before Apollo validates it; null = nothing. Syntax errors are left to Apollo. */
  refusal(text: string, operationName: string | undefined, caller: Caller): GraphQLError | null;
  /** What executing it with these variables costs, in points; 1 for a text that cannot be executed. */
  cost(text: string, operationName: string | undefined, variables: Variables): number;
  /** The valid document for a socket, or the errors. */
  valid(text: string, caller: Caller): DocumentNode | readonly GraphQLError[];
}

interface Examined {
  readonly document: DocumentNode | null;
  readonly fault: GraphQLError | null;
  readonly introspects: boolean;
  errors: readonly GraphQLError[] | null;
  /** By operation; worked out when first asked for. */
  readonly costs: Map<OperationDefinitionNode, Cost>;
}

const KEPT = 500;
/** Longer texts are examined each time: the store of texts stays within a few megabytes. */
const KEPT_LENGTH = 8_000;

/** @param production - introspection is then for tenants alone */
export function createDocuments(schema: GraphQLSchema, production: boolean): Documents {
  const known = new Map<string, Examined>();

  function examined(text: string): Examined {
    const found = known.get(text);
    if (found) return found;
    const result = examine(text);
    if (text.length <= KEPT_LENGTH) {
      if (known.size >= KEPT) known.delete(known.keys().next().value ?? "");
      known.set(text, result);
    }
    return result;
  }

  const fault = (found: Examined, caller: Caller): GraphQLError | null => {
    if (found.fault) return found.fault;
    if (!production || !found.introspects || caller.kind === "tenant") return null;
    if (caller.kind === "anonymous") return unauthenticated({ http: 401 });
    return callerError("FORBIDDEN", "Only a tenant credential may ask for the schema.", { http: 403 });
  };

  return {
    refusal(text, operationName, caller) {
      const found = examined(text);
      if (!found.document) return null;
      if (operationOf(found.document, operationName)?.operation === "subscription")
        return callerError("BAD_USER_INPUT", "Subscriptions run over WebSocket (graphql-transport-ws) at the same URL.", { http: 400 });
      return fault(found, caller);
    },
    cost(text, operationName, variables) {
      const { document, fault: excess, costs } = examined(text);
      const operation = document && excess === null ? operationOf(document, operationName) : undefined;
      if (!document || !operation) return 1;
      let cost = costs.get(operation);
      if (!cost) costs.set(operation, (cost = costOf(schema, document, operation)));
      return cost(variables);
    },
    valid(text, caller) {
      const found = examined(text);
      const refused = fault(found, caller);
      if (refused || !found.document) return [refused ?? callerError("BAD_USER_INPUT", "The document cannot be read.")];
      found.errors ??= validate(schema, found.document, undefined, VALIDATION_OPTIONS);
      return found.errors.length > 0 ? found.errors : found.document;
    },
  };
}

function examine(text: string): Examined {
  try {
    const document = parse(text, PARSE_OPTIONS);
    const excess = tooMuch(document);
    const fault = excess === null ? null : callerError("BAD_USER_INPUT", excess, { http: 400 });
    return { document, fault, introspects: fault === null && introspects(document), errors: null, costs: new Map() };
  } catch (error) {
    const fault = error instanceof GraphQLError ? error : callerError("BAD_USER_INPUT", "The document cannot be read.");
    return { document: null, fault, introspects: false, errors: null, costs: new Map() };
  }
}

function introspects(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field({ name }) {
      if (name.value === "__schema" || name.value === "__type") found = true;
    },
  });
  return found;
}

function operationOf(document: DocumentNode, name: string | undefined): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return name === undefined ? operations[0] : operations.find((operation) => operation.name?.value === name);
}
