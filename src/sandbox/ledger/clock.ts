const DURATION = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/**
 * The banks' own time: real time plus an offset that only the admin API moves. Everything that depends on time (booking,
 * consent expiry, access counters, token life) asks this clock, so moving it moves the whole bank.
 */
export class SandboxClock {
  #offset = 0;

  now(): Date {
    return new Date(this.nowMs());
  }

  nowMs(): number {
    return Date.now() + this.#offset;
  }

  /** Milliseconds between this clock and real time. */
  get offset(): number {
    return this.#offset;
  }

  /** Moves forward by an ISO 8601 duration such as `P1D`, `PT15M` or `P6M` (months and years by the calendar). Throws a RangeError on other text. */
  advance(isoDuration: string): Date {
    const match = DURATION.exec(isoDuration);
    if (!match || match.slice(1).every((part) => part === undefined)) {
      throw new RangeError(`"${isoDuration}" is not an ISO 8601 duration such as P1D or PT15M`);
    }
    const [years, months, weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
    const target = this.now();
    target.setUTCFullYear(target.getUTCFullYear() + (years ?? 0), target.getUTCMonth() + (months ?? 0));
    const rest = (((weeks ?? 0) * 7 + (days ?? 0)) * 24 + (hours ?? 0)) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
    return this.set(new Date(target.getTime() + rest * 1000));
  }

  set(instant: Date | string): Date {
    const target = new Date(instant).getTime();
    if (Number.isNaN(target)) throw new RangeError(`"${String(instant)}" is not an instant`);
    this.#offset = target - Date.now();
    return this.now();
  }
}
