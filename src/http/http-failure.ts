/**
 * What went wrong below HTTP.
 * REFUSED: nothing listens, the name is unknown, or its address may not be connected to · TLS: no trust in either direction · RESET: the connection broke ·
 * TIMEOUT: connecting, or the whole call, took too long · TOO_LARGE: more decompressed bytes than allowed ·
 * UNREADABLE: a body that ends early or does not decompress · OVERLOADED: too many calls wait, or the bank was down a moment ago.
 */
export type HttpFailureKind = "REFUSED" | "TLS" | "RESET" | "TIMEOUT" | "TOO_LARGE" | "UNREADABLE" | "OVERLOADED";

/** A call without an HTTP answer. The message names no path, header or body. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";
  readonly kind: HttpFailureKind;
  /** True where the request may have reached the server: it may have acted on it. */
  readonly sent: boolean;

  constructor(kind: HttpFailureKind, sent: boolean, cause?: unknown) {
    super(`no HTTP answer: ${kind}`, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.sent = sent;
  }
}

const REFUSED = new Set([
  "ERR_FORBIDDEN_ADDRESS",
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
]);
const TIMEOUT = new Set(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"]);
const UNREADABLE = new Set(["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "UND_ERR_HEADERS_OVERFLOW"]);
const BEFORE_SENDING = new Set([...REFUSED, "UND_ERR_CONNECT_TIMEOUT"]);

/** The typed form of whatever undici or node:tls threw. */
export function httpFailureOf(error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const code = codeOf(error);
  const sent = !BEFORE_SENDING.has(code);
  if (REFUSED.has(code)) return new HttpFailure("REFUSED", sent, error);
  if (TIMEOUT.has(code)) return new HttpFailure("TIMEOUT", sent, error);
  if (UNREADABLE.has(code) || code.startsWith("HPE_")) return new HttpFailure("UNREADABLE", sent, error);
  if (/^ERR_(TLS|SSL)|CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return new HttpFailure("TLS", false, error);
  return new HttpFailure("RESET", sent, error);
}

/** The code of the error or of the first cause that has one; of an AggregateError that of its first part. */
function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; depth += 1) {
    if ("code" in at && typeof at.code === "string" && at.code !== "UND_ERR_SOCKET") return at.code;
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return "";
}
