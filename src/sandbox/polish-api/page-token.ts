import { apiError } from "./api-error.ts";
import type { BankContext } from "./context.ts";

/** Where a later page goes on: a `pageId`. `at` freezes the result at the time of its first page, so that pages neither overlap nor leave gaps. */
export interface PageToken {
  readonly at: number;
  readonly offset: number;
  /** The earliest day the first page was allowed to see. */
  readonly from: string;
  /** Another name of the same page, for faults of paging. */
  readonly mark?: string;
}

export function printPage(token: PageToken): string {
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

/** Undefined for what this bank did not print. */
export function parsePage(text: string): PageToken | undefined {
  try {
    const token = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as PageToken;
    return Number.isFinite(token.at) && Number.isInteger(token.offset) && token.offset >= 0 && typeof token.from === "string"
      ? token
      : undefined;
  } catch {
    return undefined;
  }
}

export function readPage(context: BankContext, text: string, requestId: string): PageToken {
  const token = parsePage(text);
  if (!token) throw apiError(context, 400, "BAD_REQUEST", "The pageId is unknown.", requestId);
  return token;
}

export function offsetOf(context: BankContext, text: string, requestId: string): number {
  return readPage(context, text, requestId).offset;
}
