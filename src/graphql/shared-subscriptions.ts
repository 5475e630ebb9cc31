import { createSourceEventStream, execute, type DocumentNode, type ExecutionArgs, type ExecutionResult } from "graphql";
import type { Caller } from "../access/access.ts";

/** What graphql-js executes a subscription with; the caller says what its fields may read. */
export interface SharedArgs extends ExecutionArgs {
  readonly caller: Caller;
}

export interface SharedSubscriptions {
  /** As `subscribe` of graphql-js. */
  subscribe(args: SharedArgs): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult>;
}

/**
 * Subscriptions whose events are executed once for all who ask the same: the readers behind them (events/reader.ts) hand one and the
 * same row to everybody who watches it, so the row tells which event it is. Equal are the rights (tenant, user, scopes), the document
 * and the variables. A thousand people who follow one update cost one execution with its statements, and a thousand sends.
 */
export function createSharedSubscriptions(): SharedSubscriptions {
  const names = new WeakMap<DocumentNode, number>();
  let named = 0;
  const results = new WeakMap<object, Map<string, ExecutionResult | Promise<ExecutionResult>>>();

  function groupOf({ caller, document, operationName, variableValues }: SharedArgs): string {
    let name = names.get(document);
    if (name === undefined) names.set(document, (name = ++named));
    const rights = caller.kind === "anonymous" || caller.kind === "operator" ? [] : [caller.owner.tenantId, caller.owner.userId];
    const scopes = caller.kind === "user" ? caller.scopes.toSorted() : [caller.kind];
    return JSON.stringify([name, operationName ?? null, variableValues ?? null, rights, scopes]);
  }

  return {
    async subscribe(args) {
      const source = await createSourceEventStream(args);
      if (!(Symbol.asyncIterator in source)) return source;
      const [events, group] = [source[Symbol.asyncIterator](), groupOf(args)];

      function answer(event: unknown): ExecutionResult | Promise<ExecutionResult> {
        const run = (): ExecutionResult | Promise<ExecutionResult> => execute({ ...args, rootValue: event });
        if (typeof event !== "object" || event === null) return run();
        const known = results.get(event) ?? new Map<string, ExecutionResult | Promise<ExecutionResult>>();
        results.set(event, known);
        let result = known.get(group);
        if (result === undefined) known.set(group, (result = run()));
        return result;
      }

      const shared: AsyncIterableIterator<ExecutionResult> = {
        async next() {
          const event = await events.next();
          return event.done === true ? { done: true, value: undefined } : { done: false, value: await answer(event.value) };
        },
        async return() {
          await events.return?.();
          return { done: true, value: undefined };
        },
        [Symbol.asyncIterator]: () => shared,
      };
      return shared;
    },
  };
}
