import type { Clock, Instant } from "../domain/time.ts";
import type { Store } from "../store/store.ts";

const SETTING = "sandbox.clock.offset";

/** Real time plus an offset that all processes of a sandbox hub share through the store. In production the offset is always zero. */
export interface TravellingClock extends Clock {
  /** Reads the shared offset again. */
  reload(store: Store): Promise<void>;
  /** Moves the shared clock forward to `instant`. */
  moveTo(store: Store, instant: Instant): Promise<void>;
}

export function createTravellingClock(): TravellingClock {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    async reload(store) {
      offset = Number((await store.setting(SETTING)) ?? 0);
    },
    async moveTo(store, instant) {
      offset = Math.max(offset, instant - Date.now());
      await store.tx((tx) => tx.setSetting(SETTING, String(offset)));
    },
  };
}

const DURATION =
  /^P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?=.)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/;

/** `start` moved by an ISO 8601 duration (P1D, PT15M, P1M2W…; years and months by the UTC calendar); null where it is none. */
export function addDuration(start: Instant, duration: string): Instant | null {
  const match = DURATION.exec(duration);
  if (!match) return null;
  const [years, months, weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number, number, number, number, number, number, number,
  ]; // prettier-ignore
  const date = new Date(start);
  date.setUTCFullYear(date.getUTCFullYear() + years, date.getUTCMonth() + months);
  const moved = date.getTime() + ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;
  return Number.isFinite(moved) ? moved : null;
}
