import { header, type Call } from "../kit/http-message.ts";
import { tppError } from "./tpp-error.ts";

export type ReportFormat = "json" | "camt.052" | "camt.053";

const MEDIA_TYPES: Readonly<Record<ReportFormat, string>> = {
  json: "application/json",
  "camt.052": "application/xml",
  "camt.053": "application/xml",
};

/** The first offered format that the Accept header names by its type; 406 where it names none, and no wildcard stands for XML. */
export function negotiated(call: Call, offered: readonly ReportFormat[]): ReportFormat {
  const accepted = (header(call, "Accept") ?? MEDIA_TYPES[offered[0] ?? "json"])
    .split(",")
    .map((part) => part.split(";")[0]?.trim().toLowerCase() ?? "");
  const found = offered.find(
    (format) =>
      accepted.includes(MEDIA_TYPES[format]) || (format === "json" && accepted.some((type) => /\*\/\*|application\/\*/.test(type))),
  );
  if (found) return found;
  const types = [...new Set(offered.map((format) => MEDIA_TYPES[format]))].join(", ");
  throw tppError(406, "REQUESTED_FORMATS_INVALID", `The formats "${accepted.join(", ")}" are not offered, only ${types}.`);
}
