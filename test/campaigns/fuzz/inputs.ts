import { urlFault } from "../../../src/access/urls.ts";
import { assertAllowedHost, ForbiddenAddress, isAllowed } from "../../../src/http/ssrf.ts";
import type { Random } from "../random.ts";
import type { createDocumentMaker } from "./documents.ts";

type Maker = ReturnType<typeof createDocumentMaker>;

const METHODS = [
  "GET",
  "POST",
  "POST",
  "POST",
  "PUT",
  "HEAD",
  "OPTIONS",
  "DELETE",
  "PATCH",
  "TRACE",
  "CONNECT",
  "PRI",
  "get",
  "",
  "G\u0000T",
] as const;
const PATHS = ["/graphql", "/graphql", "/graphql", "/graphql?query={__typename}", "/graphiql", "/healthz", "/readyz", "/metrics", "/", "/callback/bank-a?state=x&code=y", "/callback/%00", "/callback/bank-a?error=%3Cscript%3E", "/callback/%ff", "/sandbox/clock", "/sandbox/landed?consentId=<b>", "//evil.example/", "/../../etc/passwd", "/graphql/%2e%2e", "http://evil.example/graphql", "*", "/%", "/\u00e9"] as const; // prettier-ignore
const HEADERS = [
  "Content-Type: application/json", "Content-Type: application/json", "Content-Type: application/json; charset=utf-16", "Content-Type: text/plain", "Content-Type: multipart/form-data; boundary=x",
  "Content-Type:", "Accept: text/html", "Accept: application/json", "Accept: application/graphql-response+json", "Accept: x/y", "Accept: */*;q=nope", "Origin: https://evil.example", "Origin: null", "Cookie: a=b",
  "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Content-Encoding: gzip", "Content-Length: 5", "Content-Length: 99999999", "Content-Length: -1", "Expect: 100-continue", "Expect: nothing", "Upgrade: websocket",
  "Connection: Upgrade", "Connection: close", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: graphql-transport-ws", "X-Forwarded-For: 127.0.0.1", "X-Http-Method-Override: DELETE",
  "Authorization: Bearer", "Authorization: Basic eDp5", "Range: bytes=0-", "If-None-Match: *", "Host: evil.example", "A\u0000: b", "NoColon", ": x", " Folded: x",
] as const; // prettier-ignore

/** A request as bytes (latin1 text), often one that no client would send. */
export function rawRequest(random: Random, maker: Maker, apiKey: string): string {
  const body = random.chance(0.7)
    ? JSON.stringify({ query: maker.document(["query", "mutation"]) })
    : random.pick(["", "{", "[]", "null", '{"query":{}}', "\u00ff\u00fe", "a=b", '{"query":"{__typename}","variables":[]}', "5\r\nhello\r\n0\r\n\r\n"]);
  const headers: string[] = Array.from({ length: random.below(6) }, () => random.pick(HEADERS));
  if (random.chance(0.7)) headers.push("Content-Type: application/json");
  if (random.chance(0.7)) headers.push(`Content-Length: ${String(Buffer.byteLength(body, "latin1"))}`);
  if (random.chance(0.6)) headers.push(`Authorization: Bearer ${apiKey}`);
  if (random.chance(0.95)) headers.push("Host: hub");
  const line = `${random.chance(0.6) ? "POST" : random.pick(METHODS)} ${random.pick(PATHS)} ${random.chance(0.95) ? "HTTP/1.1" : random.pick(["HTTP/1.0", "HTTP/2.0", "HTTP/9", ""])}`;
  const end = random.chance(0.97) ? "\r\n" : "\n";
  const text = [line, ...headers, "Connection: close", "", body].join(end);
  return random.chance(0.95) ? text : text.slice(0, random.below(text.length));
} // prettier-ignore

/** What a client might say on a socket after it introduced itself. */
export function frames(random: Random, maker: Maker): readonly string[] {
  const payload = (): unknown =>
    random.chance(0.85)
      ? { query: maker.document(["query", "mutation", "subscription", "subscription"]), ...(random.chance(0.4) ? { variables: maker.json() } : {}) }
      : maker.json();
  return Array.from({ length: 1 + random.below(4) }, () => {
    const roll = random.next();
    if (roll < 0.75) return JSON.stringify({ id: random.pick(["1", "2", "3", "", "__proto__"]), type: "subscribe", payload: payload() });
    if (roll < 0.85) return JSON.stringify({ id: random.pick(["1", "2", "x"]), type: "complete" });
    if (roll < 0.9) return JSON.stringify({ type: random.pick(["ping", "pong", "connection_init", "next", "error", "start", "__proto__"]), payload: maker.json() });
    return random.pick(["", "{", "null", "[]", "1", '"x"', "{}", '{"type":1}', "\u0000", "x".repeat(70_000), '{"id":"1","type":"subscribe"}']);
  });
} // prettier-ignore

const PIECES = ["https", "http", "ftp", "javascript", ":", "//", "/", "\\", "@", "user:pw@", "#", "?", "%", "%2f", "%00", ".", "..", "[", "]", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1", "0x7f.1", "017700000001", "2130706433", "0", "localhost", "app.localhost", "169.254.169.254", "metadata", "a.example", "a.example:443", ":99999", ":-1", "é", "。", "\u00ad", "\t", "\n", " ", "\u0000", "xn--", "x".repeat(300), "a.example/back"] as const; // prettier-ignore

export function callbackUrl(random: Random): string {
  const start = random.chance(0.6) ? random.pick(["https://", "http://", "https:", "https:/", "https:///", "HTTPS://"]) : "";
  return start + Array.from({ length: 1 + random.below(5) }, () => random.pick(PIECES)).join("");
}

/** A URL that may be registered names one host to every reader, and the guard lets nobody but the public connect. */
export function wrongWithUrl(text: string): string | null {
  const faults = [urlFault(text, "SANDBOX"), urlFault(text, "PRODUCTION")];
  if (faults[0] !== null && faults[1] === null) return "production takes what the sandbox refuses";
  if (faults[0] !== null) return null;
  const url = new URL(text);
  // The authority as RFC 3986 reads it, against the one that WHATWG reads.
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(text)?.[1] ?? "";
  if (url.username !== "" || url.password !== "" || authority.includes("@")) return "it carries a user";
  if (faults[1] === null && url.protocol !== "https:") return "production takes another scheme than https";
  if (url.protocol === "http:" && !/^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)) return "http leaves this machine";
  try {
    assertAllowedHost(url, "public");
  } catch (error) {
    return error instanceof ForbiddenAddress ? null : `the guard broke: ${String(error)}`;
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return /^\d+\.\d+\.\d+\.\d+$|:/.test(host) && !isAllowed(host, "public") ? "the guard lets a private address pass" : null;
} // prettier-ignore
