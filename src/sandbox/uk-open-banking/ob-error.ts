import { randomUUID } from "node:crypto";
import { jsonReply, ReplyError, type Reply } from "../kit/http-message.ts";
import type { ApiVersion } from "./options.ts";

/** What can be wrong, in the words of 3.1 and as 4.0 numbers them. */
const CODES = {
  "UK.OBIE.Field.Invalid": "U002",
  "UK.OBIE.Field.InvalidDate": "U003",
  "UK.OBIE.Field.Missing": "U004",
  "UK.OBIE.Field.Unexpected": "U005",
  "UK.OBIE.Header.Invalid": "U006",
  "UK.OBIE.Header.Missing": "U007",
  "UK.OBIE.Resource.InvalidConsentStatus": "U009",
  "UK.OBIE.Resource.InvalidFormat": "U010",
  "UK.OBIE.Resource.NotFound": "U011",
  "UK.OBIE.Signature.Unexpected": "U020",
  "UK.OBIE.Reauthenticate": "U028",
  "UK.OBIE.UnexpectedError": "U030",
} as const;
export type ErrorCode = keyof typeof CODES;

const TITLES: Readonly<Record<number, string>> = { 400: "400 BadRequest", 403: "403 Forbidden", 500: "500 InternalServerError" };

/** OBErrorResponse1. A code that the standard has not is printed as it is. */
export function obErrorReply(
  version: ApiVersion,
  status: number,
  code: string,
  message: string,
  details: { readonly path?: string; readonly headers?: Reply["headers"] } = {},
): Reply {
  const numbered = code in CODES ? CODES[code as ErrorCode] : undefined;
  const path = details.path === undefined ? {} : { Path: details.path };
  if (version === "4.0") {
    const error = { ErrorCode: numbered ?? code, Message: numbered === undefined ? message : `${code} - ${message}`, ...path };
    return jsonReply(status, { Id: randomUUID(), Errors: [error] }, details.headers);
  }
  const title = TITLES[status] ?? String(status);
  const error = { ErrorCode: code, Message: message, ...path };
  return jsonReply(status, { Code: title, Id: randomUUID(), Message: "The request was refused.", Errors: [error] }, details.headers);
}

export function obError(version: ApiVersion, status: number, code: ErrorCode, message: string, path?: string): ReplyError {
  return new ReplyError(obErrorReply(version, status, code, message, path === undefined ? {} : { path }));
}

/** A status and nothing else, as the standard has it for 401 without a usable token, 404, 405, 406, 415 and 429. */
export function bareReply(status: number, headers: Reply["headers"] = {}): Reply {
  return { status, headers, body: "" };
}

export function bare(status: number, headers?: Reply["headers"]): ReplyError {
  return new ReplyError(bareReply(status, headers));
}
