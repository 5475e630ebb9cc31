import type { Context } from "../context.ts";

/**
 * The events of one subscription: what the request has read is forgotten before each. A client that goes away ends the source at
 * once, also while it waits.
 */
export function eachFresh<Row>(context: Context, source: AsyncIterableIterator<Row>): AsyncIterableIterator<Row> {
  const stop = async (): Promise<IteratorResult<Row>> => {
    context.signal.removeEventListener("abort", onAbort);
    await source.return?.();
    return { done: true, value: undefined };
  };
  const onAbort = (): void => void stop();
  context.signal.addEventListener("abort", onAbort, { once: true });
  return {
    async next() {
      const event = await source.next();
      if (event.done === true) return stop();
      context.refresh();
      return event;
    },
    return: stop,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
