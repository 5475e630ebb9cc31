import { setTimeout as pause } from "node:timers/promises";

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2_000;

/**
 * Repeats a call that changes nothing when made twice. `again` says for each failure whether one more try makes sense (`tried` starts at 1).
 * Pauses grow from 100 ms to 2 s, each with full jitter so that many callers do not come back together.
 * @throws what the last try threw; the signal's reason
 */
export async function retried<T>(
  run: (attempt: number) => Promise<T>,
  again: (error: unknown, tried: number) => boolean,
  signal: AbortSignal,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await run(tried);
    } catch (error) {
      if (signal.aborted || !again(error, tried)) throw error;
      await delay(Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tried - 1)), signal);
    }
  }
}

/** Waits; ends early with the signal's own reason. */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
