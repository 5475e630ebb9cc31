import { pino, type Logger } from "pino";
import type { LogLevel } from "./config/config.ts";

export type { Logger };

/**
 * Never let through, wherever they stand in a logged object. Secrets are held in `Secret`, which prints `[secret]`; this is the second net.
 */
const REDACTED = [
  "authorization", "accessToken", "refreshToken", "access_token", "refresh_token", "id_token", "code", "code_verifier", "client_secret",
  "clientSecret", "apiKey", "token", "secret", "password", "iban", "state",
]; // prettier-ignore

/** One line of JSON an event, on stderr: stdout belongs to people and to `--json`. */
export function createLog(level: LogLevel, name = "hub"): Logger {
  const paths = REDACTED.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  return pino(
    { level, name, redact: { paths, censor: "[redacted]" }, serializers: { err: safeError } },
    pino.destination({ dest: 2, sync: false, minLength: 0 }),
  );
}

/** Name, message, code and stack of an error and its causes; own properties (which may hold bodies) stay out. */
function safeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = "code" in error ? error.code : undefined;
  return {
    type: error.name,
    message: error.message,
    code,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: safeError(error.cause) }),
  };
}
