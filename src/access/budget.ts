import type { Owner } from "../domain/tenant.ts";
import { MINUTE, type Clock, type Instant } from "../domain/time.ts";
import type { Store } from "../store/store.ts";
import type { Budget } from "./access.ts";

/** Points a minute: for a tenant with all its users, and for one user (or one address that says not who it is). */
export interface BudgetLimits {
  readonly tenant: number;
  readonly user: number;
}

export interface BudgetParts {
  readonly clock: Clock;
  readonly limits: BudgetLimits;
  /**
   * Where several gateways serve one tenant: they share its minute through the store. Null = this process serves everything.
   * Of all callers only those with an id are shared; an address's minute is each gateway's own.
   */
  readonly store: Pick<Store, "tx"> | null;
}

/** A gateway takes a share of a minute ahead, so that one statement serves many requests. The last share may be smaller. */
const SHARES = 50;
const MOST_KEYS = 10_000;

interface Minute {
  /** Count of minutes since the epoch. */
  readonly minute: number;
  /** Points that this process may still give out. */
  left: number;
  /** The minute is spent everywhere: nothing more is asked of the store. */
  spent: boolean;
  /** A share that is on its way: others wait for it instead of taking one each. */
  coming: Promise<void> | null;
}

/**
 * Fixed minutes by the hub's clock. Own code instead of rate-limiter-flexible, because that takes its time from the system, answers
 * by promises alone, and asks its database once a request; this answers at once while the share lasts (see {@link SHARES}).
 */
export function createBudget({ clock, limits, store }: BudgetParts): Budget {
  const minutes = new Map<string, Minute>();

  function minuteOf(key: string, limit: number, shared: boolean): Minute {
    const minute = Math.floor(clock.now() / MINUTE);
    const standing = minutes.get(key);
    if (standing?.minute === minute) return standing;
    if (minutes.size >= MOST_KEYS) forgetOld(minutes, minute);
    const fresh: Minute = { minute, left: shared ? 0 : limit, spent: !shared, coming: null };
    minutes.set(key, fresh);
    return fresh;
  }

  async function fetchShare(shared: Pick<Store, "tx">, owner: Owner, held: Minute, wanted: number, limit: number): Promise<void> {
    const share = Math.max(wanted - held.left, Math.ceil(limit / SHARES));
    const given = await shared.tx((tx) => tx.takePoints(owner, held.minute, share, limit));
    held.left += given;
    held.spent = given < share;
  }

  function takeFrom(key: string, owner: Owner | null, points: number, limit: number): Instant | null | Promise<Instant | null> {
    const shared = owner === null ? null : store;
    const held = minuteOf(key, limit, shared !== null);
    const settle = (): Instant | null => {
      if (held.left < points) return (held.minute + 1) * MINUTE;
      held.left -= points;
      return null;
    };
    if (held.left >= points || held.spent || owner === null || shared === null) return settle();
    return (async () => {
      while (held.left < points && !held.spent) {
        held.coming ??= fetchShare(shared, owner, held, points, limit).finally(() => (held.coming = null));
        await held.coming;
      }
      return settle();
    })();
  }

  return {
    take(caller, address, points) {
      if (caller.kind === "anonymous") return takeFrom(`address ${address}`, null, points, limits.user);
      if (caller.kind === "operator") return takeFrom(caller.operator.id, null, points, limits.user);
      const { tenantId, userId } = caller.owner;
      const ofTenant = (): Instant | null | Promise<Instant | null> =>
        takeFrom(tenantId, { tenantId, userId: null }, points, limits.tenant);
      if (userId === null) return ofTenant();
      const ofUser = takeFrom(userId, { tenantId, userId }, points, limits.user);
      if (ofUser === null) return ofTenant();
      return typeof ofUser === "number" ? ofUser : ofUser.then((retryAt) => retryAt ?? ofTenant());
    },
  };
}

function forgetOld(minutes: Map<string, Minute>, minute: number): void {
  for (const [key, held] of minutes) if (held.minute !== minute) minutes.delete(key);
  // So many at once come from a flood of addresses: a fresh start for some of them is the smaller harm.
  if (minutes.size >= MOST_KEYS) minutes.clear();
}
