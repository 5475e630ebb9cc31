import { SECOND } from "../domain/time.ts";

/** What sockets must keep to (security.md, GraphQL over HTTP and sockets). Times in ms. */
export interface SocketLimits {
  /** From the opening to `connection_init`; then 4408. */
  readonly initWait: number;
  /** A socket that has not answered one ping when the next is due is cut. */
  readonly pingEvery: number;
  /** What may wait for a reader who does not read, in bytes; then 1013. */
  readonly buffered: number;
  /** Of any kind; then 4429. */
  readonly messagesPerSecond: number;
  /** Operations at a time on one socket; one more is answered with RATE_LIMITED. */
  readonly operations: number;
  /** Sockets at a time, with those of its users, and of one user; one more is closed with 1013. */
  readonly perTenant: number;
  readonly perUser: number;
}

export const SOCKET_LIMITS: SocketLimits = {
  initWait: 3 * SECOND,
  pingEvery: 12 * SECOND,
  buffered: 1024 * 1024,
  messagesPerSecond: 5_000,
  operations: 20,
  perTenant: 20_000,
  perUser: 200,
};

/** How many sockets each caller has open. */
export interface SocketCounts {
  /** Counts one socket of the caller; null where it has too many already. The answer gives it back. */
  enter(owner: { readonly tenantId: string; readonly userId: string | null }): (() => void) | null;
}

export function createSocketCounts({ perTenant, perUser }: Pick<SocketLimits, "perTenant" | "perUser">): SocketCounts {
  const counts = new Map<string, number>();
  const add = (key: string, change: number): void => {
    const count = (counts.get(key) ?? 0) + change;
    if (count > 0) counts.set(key, count);
    else counts.delete(key);
  };
  return {
    enter({ tenantId, userId }) {
      const keys = userId === null ? [tenantId] : [tenantId, userId];
      if ((counts.get(tenantId) ?? 0) >= perTenant || (userId !== null && (counts.get(userId) ?? 0) >= perUser)) return null;
      for (const key of keys) add(key, 1);
      return () => keys.forEach((key) => add(key, -1));
    },
  };
}
