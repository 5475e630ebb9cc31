import { randomBytes } from "node:crypto";
import type { Instant } from "../../domain/time.ts";

/** Milliseconds from 1582-10-15, where the count of version 1 begins, to 1970. */
const GREGORIAN = 12_219_292_800_000n;
const TICKS = 10_000n; // of 100 ns in a millisecond

/** A random node id; its multicast bit says that it is no network card's (RFC 4122, 4.5). */
const node = randomBytes(6);
node[0] = (node[0] ?? 0) | 1;
let tick = 0n;

/** A UUID of variant 1, version 1 (time-based, RFC 4122), as the standard wants a requestId. No two are alike. */
export function requestId(now: Instant): string {
  tick = (tick + 1n) % TICKS;
  const time = (BigInt(Math.floor(now)) + GREGORIAN) * TICKS + tick;
  const hex = time.toString(16).padStart(15, "0").slice(-15);
  const [high, middle, low] = [hex.slice(0, 3), hex.slice(3, 7), hex.slice(7)];
  const sequence = ((randomBytes(2).readUInt16BE() & 0x3fff) | 0x8000).toString(16);
  return `${low}-${middle}-1${high}-${sequence}-${node.toString("hex")}`;
}
