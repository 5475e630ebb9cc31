/**
 * Hands the newest of many values to one reader: values that arrive while the reader is busy replace each other, so that a slow
 * reader costs one slot. Ends once, after the value in the slot was taken.
 */
export class Latest<T> implements AsyncIterableIterator<T> {
  #slot: { readonly value: T } | null = null;
  #ended = false;
  #waiting: ((result: IteratorResult<T>) => void) | null = null;
  readonly #onEnd: () => void;

  /** `onEnd` is called once, however the reading ends. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  put(value: T): void {
    if (this.#ended) return;
    if (this.#waiting) this.#answer({ value, done: false });
    else this.#slot = { value };
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    this.#answer({ value: undefined, done: true });
  }

  /** Asked by one reader at a time. */
  next(): Promise<IteratorResult<T>> {
    const slot = this.#slot;
    this.#slot = null;
    if (slot) return Promise.resolve({ value: slot.value, done: false });
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  return(): Promise<IteratorResult<T>> {
    this.#slot = null;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #answer(result: IteratorResult<T>): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.(result);
  }
}
