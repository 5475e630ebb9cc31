import { SECOND } from "../domain/time.ts";

/** How many may work on one thing (a bank) at a time in this process. */
export class Slots {
  readonly #most: number;
  readonly #taken = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** False where all are taken. */
  take(name: string): boolean {
    const taken = this.#taken.get(name) ?? 0;
    if (taken >= this.#most) return false;
    this.#taken.set(name, taken + 1);
    return true;
  }

  give(name: string): void {
    const taken = (this.#taken.get(name) ?? 0) - 1;
    if (taken > 0) this.#taken.set(name, taken);
    else this.#taken.delete(name);
  }
}

/** When to look for a free slot again: one to three seconds, so that a thousand waiting updates do not come at once. */
export function claimDelay(random: () => number): number {
  return Math.floor(SECOND * (1 + 2 * random()));
}
