/**
 * Exponential back-off with full jitter: before attempt n + 1 a random time up to `first * 2^(n-1)`, at most `longest` ms. The jitter keeps
 * those who failed together from coming back together. Never below a tenth of the bound, so that nobody comes back at once.
 * @param random from 0 to 1, for tests
 */
export function fullJitter(attempts: number, limits: { readonly first: number; readonly longest: number }, random = Math.random): number {
  const bound = Math.min(limits.longest, limits.first * 2 ** Math.min(attempts - 1, 30));
  return Math.round(Math.max(bound / 10, random() * bound));
}

/** A fixed schedule, each delay lengthened by up to a tenth; null after the last one. `attempts` = failures so far (1-based). In ms. */
export function scheduled(attempts: number, delays: readonly number[], random = Math.random): number | null {
  const delay = delays[attempts - 1];
  return delay === undefined ? null : Math.round(delay * (1 + random() / 10));
}
