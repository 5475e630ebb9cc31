import { BankError } from "../../domain/failure.ts";
import type { HttpResponse } from "../../http/bank-http.ts";
import { HttpFailure } from "../../http/http-failure.ts";
import { parseJson } from "../../http/json.ts";
import { unreadable } from "./failures.ts";
import { rowOf, type Row } from "./wire.ts";

const TRIES = 3;

/** No answer or a 5xx, tried fewer than three times, and nothing that a second try at once would make worse. */
export function worthRepeating(error: unknown, tried: number): boolean {
  if (!(error instanceof BankError) || error.retryAt !== null) return false;
  const kind = error.cause instanceof HttpFailure ? error.cause.kind : null;
  if (kind === "TIMEOUT" || kind === "OVERLOADED" || kind === "TOO_LARGE" || kind === "TLS") return false;
  return error.failure === "BANK_TEMPORARY" && tried < TRIES;
}

/** The first byte decides what a body is, whatever its Content-Type says (standards.md 2.8). */
export function objectOf({ status, text }: HttpResponse, requestId: string): Row {
  const start = text.trimStart().charAt(0);
  if (status === 204 || start === "") throw unreadable("body: empty", requestId);
  if (start === "<") throw unreadable("body: HTML or XML where JSON is due", requestId);
  let parsed: unknown;
  try {
    parsed = parseJson(text);
  } catch {
    throw unreadable("body: not JSON or cut short", requestId);
  }
  const row = rowOf(parsed);
  if (!row) throw unreadable("body: no JSON object", requestId);
  return row;
}
