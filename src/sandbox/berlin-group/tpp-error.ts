import { jsonReply, ReplyError, type Reply } from "../kit/http-message.ts";

export interface TppErrorDetails {
  readonly path?: string;
  readonly links?: Readonly<Record<string, { readonly href: string }>>;
  readonly headers?: Reply["headers"];
}

/** The standard's error body: one tppMessage of category ERROR. */
export function tppErrorReply(status: number, code: string, text: string, details: TppErrorDetails = {}): Reply {
  const message = { category: "ERROR", code, ...(details.path === undefined ? {} : { path: details.path }), text };
  return jsonReply(status, { tppMessages: [message], ...(details.links ? { _links: details.links } : {}) }, details.headers);
}

export function tppError(status: number, code: string, text: string, details?: TppErrorDetails): ReplyError {
  return new ReplyError(tppErrorReply(status, code, text, details));
}

export function formatError(path: string, text: string): ReplyError {
  return tppError(400, "FORMAT_ERROR", text, { path });
}
