import { MINUTE, type Instant } from "../domain/time.ts";
import type { PsuContext, Update } from "../domain/update.ts";

/** The user who asked is taken to be present for this long: after a wait of hours the calls are unattended. */
const ATTENDED_FOR = 15 * MINUTE;

/** Who sits in front of the update at `now`; null = nobody. */
export function attendedBy(update: Pick<Update, "psuContext" | "attendedAt">, now: Instant): PsuContext | null {
  return update.attendedAt !== null && now - update.attendedAt <= ATTENDED_FOR ? update.psuContext : null;
}

/** The user joined while a run made unattended calls: it starts again with calls that count as the user's. */
export class UserArrived extends Error {
  override readonly name = "UserArrived";
}
