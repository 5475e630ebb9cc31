import { DAY } from "../ledger/calendar.ts";

/** Counts calls without the person, per consent, account and endpoint, over a sliding 24 hours (RTS art. 36(5)(b)). */
export class AccessCounter {
  readonly #calls = new Map<string, number[]>();

  /** False when this call would be one too many; it is then not counted. */
  allow(key: string, limit: number, now: number): boolean {
    const recent = (this.#calls.get(key) ?? []).filter((at) => at > now - DAY);
    const allowed = recent.length < limit;
    if (allowed) recent.push(now);
    this.#calls.set(key, recent);
    return allowed;
  }
}
