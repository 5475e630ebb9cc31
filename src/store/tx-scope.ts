import { AsyncLocalStorage } from "node:async_hooks";

/** Finds a transaction opened inside another one: it would wait for itself for ever. */
export class TxScope {
  readonly #open = new AsyncLocalStorage<true>();

  /** @throws Error inside another transaction of the same store */
  refuseNested(): void {
    if (this.#open.getStore()) throw new Error("store.tx inside store.tx: pass the outer tx on instead");
  }

  run<T>(fn: () => Promise<T>): Promise<T> {
    return this.#open.run(true, fn);
  }
}
