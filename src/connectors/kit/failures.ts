import { BankError } from "../../domain/failure.ts";
import type { HttpFailure } from "../../http/http-failure.ts";
import { BANK_DOWN, BANK_SLOW, UNREADABLE } from "./verdicts.ts";

/** A call without an answer. `changes`: the request may have changed something if it arrived. */
export function unanswered(failure: HttpFailure, requestId: string, changes: boolean): BankError {
  const verdict =
    failure.kind === "TIMEOUT" ? BANK_SLOW : failure.kind === "TOO_LARGE" || failure.kind === "UNREADABLE" ? UNREADABLE : BANK_DOWN;
  return new BankError(verdict.failure, verdict.code, failure.message, {
    bankCode: failure.kind,
    supportReference: requestId,
    outcomeUnknown: changes && failure.sent,
    cause: failure,
  });
}

/** An answer of success that nobody can read. `what` names the place and what was wrong there, without any of the content. */
export function unreadable(what: string, requestId: string | null = null): BankError {
  return new BankError(UNREADABLE.failure, UNREADABLE.code, what, { bankCode: what, supportReference: requestId });
}

/** "only the last 90 days", "maximal 90 Tage", "ostatnie 90 dni": the number of days before the word. */
export function servedDaysIn(text: string): number | null {
  const found = /(\d{1,4})\s*(?:calendar\s+)?(?:days?|tage?n?|dni|jours|días|giorni)\b/i.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}
