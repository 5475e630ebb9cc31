import { HeaderMap, type ApolloServerPlugin, type GraphQLResponse } from "@apollo/server";
import {
  getVariableValues,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import type { CompiledQuery } from "graphql-jit";
import type { Context } from "./context.ts";
import type * as jitModule from "./jit.ts";

/** Compiles an operation when it comes the second time: a text that is sent once is not worth it. */
const WORTH_IT = 2;

type Jit = typeof jitModule;

interface Entry {
  uses: number;
  /** Null = not compiled yet, or not to be compiled. */
  query: CompiledQuery | null;
  refused: boolean;
}

export interface Compiled {
  /** The answer of compiled code; null = let graphql-js execute it (first use, mutation, variables that do not fit, refused by jit). */
  run(operation: CompilableOperation): Promise<ExecutionResult | null> | ExecutionResult | null;
}

export interface CompilableOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: Context;
}

/**
 * Queries as code (graphql-jit), kept as long as their document: Apollo's document store hands out one object per text and forgets
 * the least used. Variables are checked by graphql-js first, so that their errors read the same either way.
 */
export function createCompiled(schema: GraphQLSchema): Compiled {
  const entries = new WeakMap<OperationDefinitionNode, Entry>();
  let jit: Jit | null = null;
  const load = async (): Promise<void> => void (jit ??= await import("./jit.ts"));
  const compiled: Compiled = {
    run(asked) {
      const { document, operation, variables, context } = asked;
      if (operation.operation !== "query") return null;
      const entry = entries.get(operation) ?? { uses: 0, query: null, refused: false };
      entries.set(operation, entry);
      entry.uses++;
      if (entry.refused || entry.uses < WORTH_IT) return null;
      if (getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors) return null;
      // Loaded when a text comes again, not at the start of the hub: 15 ms.
      if (!jit) return load().then(() => compiled.run(asked));
      entry.query ??= compile(jit, schema, document, operation);
      entry.refused = entry.query === null;
      return entry.query?.query(undefined, context, variables) ?? null;
    },
  };
  return compiled;
}

function compile(
  { compileQuery, isCompiledQuery }: Jit,
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledQuery | null {
  // The compiled code looks variables up in plain objects, where these names are never missing.
  if (operation.variableDefinitions?.some(({ variable }) => variable.name.value in Object.prototype)) return null;
  const result = compileQuery(schema, document, operation.name?.value, { useExperimentalPathBasedSkipInclude: true });
  return isCompiledQuery(result) ? result : null;
}

/** Apollo's types promise an operation, also where it found none. */
interface ResolvedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode | undefined;
  readonly request: { readonly variables?: Readonly<Record<string, unknown>> | undefined };
  readonly contextValue: Context;
}

/** Parsing, validation, limits and error formatting stay as they are; only the execution is replaced (design.md 4.5). */
export function compiledExecution(compiled: Compiled, formatError: (error: unknown) => GraphQLFormattedError): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ document, operation, request, contextValue }: ResolvedOperation) {
          if (!operation) return null; // no or an ambiguous name: graphql-js says which
          const result = await compiled.run({ document, operation, variables: request.variables ?? {}, context: contextValue });
          if (!result) return null;
          const errors = result.errors?.map((error) => formatError(error));
          const singleResult = { data: result.data, ...(errors ? { errors } : {}) };
          return { http: { headers: new HeaderMap() }, body: { kind: "single", singleResult } } as GraphQLResponse;
        },
      };
    },
  };
}
