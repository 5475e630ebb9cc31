import type { Call } from "./http-message.ts";

export interface LoggedRequest {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly operation: string;
  /** Lower-case names. Bearer tokens and client secrets are cut to their first 6 characters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
  /** 0 while unanswered or when the connection was dropped. */
  status: number;
}

const SHOWN =
  /^(x-request-id|consent-id|psu-.*|tpp-.*|x-fapi-.*|x-customer-user-agent|accept|content-type|digest|signature|user-agent|authorization)$/;
const KEPT = 20_000;

/** What the bank received, oldest first, so that a test can say "the second update asked only for the new window". */
export class RequestLog {
  #entries: LoggedRequest[] = [];

  add(
    call: Call,
    operation: string,
    faults: readonly string[],
    now: Date,
    noted: Partial<Pick<LoggedRequest, "query" | "headers">> = {},
  ): LoggedRequest {
    const entry: LoggedRequest = {
      at: now.toISOString(),
      method: call.method,
      path: call.path,
      query: { ...Object.fromEntries(call.query), ...noted.query },
      operation,
      headers: { ...shownHeaders(call), ...noted.headers },
      faults,
      status: 0,
    };
    if (this.#entries.length >= KEPT) this.#entries = this.#entries.slice(KEPT / 2);
    this.#entries.push(entry);
    return entry;
  }

  list(operation?: string): readonly LoggedRequest[] {
    return operation === undefined ? [...this.#entries] : this.#entries.filter((entry) => entry.operation === operation);
  }

  clear(): void {
    this.#entries = [];
  }
}

function shownHeaders(call: Call): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(call.headers)) {
    if (value === undefined || !SHOWN.test(name)) continue;
    const text = String(value);
    shown[name] = name === "authorization" ? text.replace(/^(\S+ \S{6}).*$/, "$1…") : text;
  }
  return shown;
}
