import { isIPv6 } from "node:net";
import { MINUTE, type Clock, type Instant } from "../domain/time.ts";

/** Wrong credentials that an address may send in a minute before its credentials are not looked at any more. */
export const GUESSES_PER_MINUTE = 200;
const MOST_ADDRESSES = 10_000;
const MOST_KNOWN = 10_000;

/**
 * The brute-force limit. Only what was made up counts: a key or token that once was good (expired, revoked, from another origin) is no
 * guess. A key that has been good from the same address stays good there, so that one broken client behind an address does not shut
 * out the others.
 */
export interface Guesses {
  /** When the address may guess again; null = now. */
  blockedUntil(address: string): Instant | null;
  wrong(address: string): void;
  good(address: string, keyHash: string): void;
  isKnown(address: string, keyHash: string): boolean;
}

export function createGuesses(clock: Clock): Guesses {
  const counts = new Map<string, { readonly minute: number; count: number }>();
  const known = new Set<string>();
  const minuteNow = (): number => Math.floor(clock.now() / MINUTE);
  return {
    blockedUntil(address) {
      const counted = counts.get(networkOf(address));
      if (!counted || counted.minute !== minuteNow() || counted.count < GUESSES_PER_MINUTE) return null;
      return (counted.minute + 1) * MINUTE;
    },
    wrong(address) {
      const [network, minute] = [networkOf(address), minuteNow()];
      const counted = counts.get(network);
      if (counted?.minute === minute) return void counted.count++;
      if (counts.size >= MOST_ADDRESSES) counts.clear();
      counts.set(network, { minute, count: 1 });
    },
    good(address, keyHash) {
      const name = `${networkOf(address)} ${keyHash}`;
      if (known.has(name)) return;
      if (known.size >= MOST_KNOWN) known.clear();
      known.add(name);
    },
    isKnown: (address, keyHash) => known.has(`${networkOf(address)} ${keyHash}`),
  };
}

/** One subscriber has a whole /64 of IPv6 addresses. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith("::ffff:")) return address;
  const [head = "", tail] = address.split("::", 2);
  const groups = head.split(":").filter((group) => group !== "");
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(":").filter((group) => group !== "").length;
  return [...groups, ...Array.from({ length: Math.max(0, missing) }, () => "0"), ...(tail ?? "").split(":")].slice(0, 4).join(":");
}
