import { DAY, type Instant } from "../domain/time.ts";
import type { BankCallCount } from "../store/reads.ts";

/** The ledger's window slides: a call counts for 24 hours from its own instant. */
export const QUOTA_WINDOW = DAY;

/** When the endpoint may be asked again without the user; null = now. `calls` are those of the grant in the window. */
export function spentUntil(calls: readonly BankCallCount[], endpoint: string, accountId: string, limit: number): Instant | null {
  const counted = calls.find((call) => call.endpoint === endpoint && call.accountId === accountId);
  return counted !== undefined && counted.used >= limit ? counted.oldestAt + QUOTA_WINDOW : null;
}
