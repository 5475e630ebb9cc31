/** One holder at a time, in the order of asking. */
export class Mutex {
  #tail: Promise<void> = Promise.resolve();

  /** Resolves when it is this caller's turn; disposing the answer ends the turn. */
  async take(): Promise<Disposable> {
    const before = this.#tail;
    let release: () => void = () => undefined;
    this.#tail = new Promise((done) => (release = done));
    await before;
    return { [Symbol.dispose]: release };
  }
}
