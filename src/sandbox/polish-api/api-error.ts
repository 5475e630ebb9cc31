import { jsonReply, ReplyError, type Reply } from "../kit/http-message.ts";
import type { BankContext } from "./context.ts";
import { responseHeader } from "./context.ts";

/** The standard's error body. Its codes are each bank's own; these are this one's. */
export function errorReply(
  context: BankContext,
  status: number,
  code: string,
  message: string,
  details: { readonly requestId?: string; readonly headers?: Reply["headers"] } = {},
): Reply {
  return jsonReply(status, { responseHeader: responseHeader(context, details.requestId), code, message }, details.headers);
}

export function apiError(context: BankContext, status: number, code: string, message: string, requestId?: string): ReplyError {
  return new ReplyError(errorReply(context, status, code, message, requestId === undefined ? {} : { requestId }));
}
