import { parseJson } from "../../http/json.ts";
import { listOf, rowOf, textOf, type Row } from "./wire.ts";

/** What a refusal said, whatever shape it came in (standards.md 3.7 and 8.3). */
export interface BankWords {
  /** Capitals, most telling first: codes of category ERROR before the rest. */
  readonly codes: readonly string[];
  readonly text: string;
  /** Fit for support: code, else words with everything long, numeric or account-like taken out. At most 500 characters. */
  readonly shown: string;
  readonly json: boolean;
  /** The fields and parameters that the refusal points at, as the bank names them. */
  readonly paths: readonly string[];
}

export function bankWords(body: string): BankWords {
  const parsed = parsedOrNull(body);
  if (parsed === null)
    return { codes: [], text: body.trimStart().startsWith("<") ? "" : body.slice(0, 500), shown: "", json: false, paths: [] };
  const top = rowOf(parsed);
  if (!top) return wordsOf([], textOf(parsed) ?? "");
  const messages = messagesOf(top).sort((a, b) => weight(a) - weight(b));
  const codes = messages.flatMap((message) => CODES.map((key) => codeOf(message[key])));
  const texts = messages.flatMap((message) => TEXTS.map((key) => textOf(message[key])));
  const paths = messages.flatMap((message) => PATHS.map((key) => textOf(message[key])));
  return wordsOf(
    codes.filter((code) => code !== null),
    [...texts, textOf(top["tppMessages"])].filter((text) => text !== null).join(" "),
    paths.filter((path) => path !== null),
  );
}

const CODES = ["code", "type", "errorCode", "ErrorCode", "error"];
const TEXTS = ["text", "detail", "title", "message", "Message", "errorDescription", "error_description"];
const PATHS = ["path", "Path"];

/** Every object of the body that may hold a code: the listed messages, then the body itself (problem+json and home-made forms). */
function messagesOf(top: Row): Row[] {
  const nested = ["tppMessages", "tppMessage", "additionalErrors", "errors", "Errors", "errorManagement", "Data", "fault", "error"];
  return [...nested.flatMap((key) => listOf(top[key]).map(rowOf)), top].filter((row) => row !== null);
}

function weight(message: Row): number {
  return textOf(message["category"])?.toUpperCase() === "ERROR" ? 0 : 1;
}

/** A code in capitals; a number or a URL (the `type` of problem+json) is none. */
function codeOf(value: unknown): string | null {
  const text = textOf(value);
  return text !== null && /^[a-z][\w.-]{2,60}$/i.test(text) && !/^https?:/i.test(text) ? text.toUpperCase() : null;
}

function wordsOf(codes: readonly string[], text: string, paths: readonly string[] = []): BankWords {
  return { codes, text, shown: (codes[0] ?? withoutPersonal(text)).slice(0, 500), json: true, paths };
}

function withoutPersonal(text: string): string {
  return text.replace(/[\w.+/=-]*\d[\w.+/=-]{5,}|[\w.+/=@-]{24,}|\S+@\S+/g, "…");
}

function parsedOrNull(body: string): unknown {
  if (!/^\s*[{["]/.test(body)) return null;
  try {
    return parseJson(body);
  } catch {
    return null;
  }
}
