import { isIP } from "node:net";
import { header, type Call } from "../kit/http-message.ts";
import { negotiated, type ReportFormat } from "./report-format.ts";
import { formatError, tppError } from "./tpp-error.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const CHECKS: readonly { readonly name: string; readonly valid: (value: string) => boolean; readonly expected: string }[] = [
  { name: "X-Request-ID", valid: (value) => UUID.test(value), expected: "a UUID" },
  { name: "PSU-IP-Address", valid: (value) => isIP(value) > 0, expected: "an IP address" },
  { name: "PSU-IP-Port", valid: (value) => /^\d{1,5}$/.test(value), expected: "a port" },
  { name: "PSU-Http-Method", valid: (value) => METHODS.includes(value), expected: METHODS.join(", ") },
  { name: "PSU-Device-ID", valid: (value) => UUID.test(value), expected: "a UUID" },
  { name: "TPP-Redirect-URI", valid: isAbsolute, expected: "an absolute URI" },
  { name: "TPP-Nok-Redirect-URI", valid: isAbsolute, expected: "an absolute URI" },
  { name: "TPP-Redirect-Preferred", valid: isBoolean, expected: "true or false" },
  { name: "TPP-Decoupled-Preferred", valid: isBoolean, expected: "true or false" },
  { name: "TPP-Explicit-Authorisation-Preferred", valid: isBoolean, expected: "true or false" },
];

/** The header rules that every XS2A request must keep (OpenAPI 1.3.12, components.parameters). */
export function checkHeaders(call: Call, offered: readonly ReportFormat[] = ["json"]): void {
  if (header(call, "X-Request-ID") === undefined) throw formatError("X-Request-ID", "The header X-Request-ID is missing.");
  for (const { name, valid, expected } of CHECKS) {
    const value = header(call, name);
    if (value !== undefined && !valid(value)) throw formatError(name, `The header ${name} must be ${expected}.`);
  }
  negotiated(call, offered);
}

export function requiredHeader(call: Call, name: string): string {
  const value = header(call, name);
  if (value === undefined) throw formatError(name, `The header ${name} is missing.`);
  return value;
}

export function booleanHeader(call: Call, name: string): boolean {
  return header(call, name)?.toLowerCase() === "true";
}

/** True: the person is there, the call does not count against frequencyPerDay. */
export function psuPresent(call: Call): boolean {
  return header(call, "PSU-IP-Address") !== undefined;
}

/** The JSON object of a POST or PUT; 415 for another Content-Type, 400 for anything but an object. */
export function jsonBody(call: Call): Record<string, unknown> {
  if (!/^application\/json\s*(;|$)/i.test(header(call, "Content-Type") ?? "")) {
    throw tppError(415, "FORMAT_ERROR", "The Content-Type must be application/json.", { path: "Content-Type" });
  }
  let value: unknown;
  try {
    value = JSON.parse(call.body.toString("utf8"));
  } catch {
    throw formatError("body", "The body is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw formatError("body", "The body must be a JSON object.");
  return value as Record<string, unknown>;
}

function isAbsolute(value: string): boolean {
  return URL.canParse(value);
}

function isBoolean(value: string): boolean {
  return /^(true|false)$/i.test(value);
}
