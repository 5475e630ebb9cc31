import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import type { Received } from "./connector-scripted-bank.ts";

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: "query" | "header" | "path";
  readonly required?: boolean;
  readonly schema: object;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: object;
}

interface Slice {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly parameters: Readonly<Record<string, Parameter>> };
}

const ajv = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true });
ajv.addFormat("date", /^\d{4}-\d{2}-\d{2}$/);
ajv.addFormat("uuid", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
ajv.addFormat("ipv4", /^\d{1,3}(\.\d{1,3}){3}$/);
ajv.addFormat("uri", /^https?:\/\//);
for (const format of ["float", "double", "int32", "int64", "byte", "date-time", "url"]) ajv.addFormat(format, true);

const COMMON = /^(host|connection|accept|accept-encoding|content-length|transfer-encoding|authorization|content-type)$/;

export type BerlinGroupVersion = "1.3.6" | "1.3.12";

const slices = new Map<BerlinGroupVersion, Slice>();

/** The AIS part of the official OpenAPI file of a version (test/fixtures/berlin-group, CC BY 4.0). */
function sliceOf(version: BerlinGroupVersion): Slice {
  const known = slices.get(version);
  if (known) return known;
  const text = readFileSync(new URL(`../fixtures/berlin-group/${version}/ais-slice.json`, import.meta.url), "utf8");
  const slice = JSON.parse(text, (key, value: unknown) =>
    key === "exclusiveMinimum" && typeof value === "boolean" ? undefined : value,
  ) as Slice;
  ajv.addSchema(slice, version);
  slices.set(version, slice);
  return slice;
}

/** What a message gets wrong by a named schema of the version; empty where it is right. */
export function faultsBySchema(version: BerlinGroupVersion, schema: string, value: unknown): readonly string[] {
  sliceOf(version);
  return wrong(schema, { $ref: `${version}#/components/schemas/${schema}` }, value);
}

/** Everything in which a request departs from the official OpenAPI file. */
export function departures({ method, path, query, headers, body }: Received, version: BerlinGroupVersion): readonly string[] {
  const slice = sliceOf(version);
  const template = Object.keys(slice.paths).find((one) => new RegExp(`^/psd2${one.replace(/\{[^}]+\}/g, "[^/]+")}$`).test(path));
  const operation = template === undefined ? undefined : slice.paths[template]?.[method.toLowerCase()];
  if (!operation) return [`${method} ${path} is not in the standard`];
  const known = (operation.parameters ?? []).map((one) =>
    one.$ref === undefined ? one : (slice.components.parameters[one.$ref.split("/").pop() ?? ""] ?? one),
  );
  const faults: string[] = [];
  for (const { name, in: place, required, schema } of known) {
    const value = place === "query" ? query.get(name) : place === "header" ? (headers[name.toLowerCase()] ?? null) : "";
    if (value === null && required) faults.push(`${place} ${name} is missing`);
    if (value !== null && place !== "path")
      faults.push(...wrong(`${place} ${name}`, rooted(schema, version), typed(schema, String(value))));
  }
  const names = (place: string) => known.filter((one) => one.in === place).map(({ name }) => name.toLowerCase());
  for (const name of query.keys()) if (!names("query").includes(name.toLowerCase())) faults.push(`query ${name} is not in the standard`);
  for (const name of Object.keys(headers))
    if (!COMMON.test(name) && !names("header").includes(name)) faults.push(`header ${name} is not in the standard`);
  if (operation.requestBody && path.endsWith("/consents"))
    faults.push(...wrong("body", { $ref: `${version}#/components/schemas/consents` }, JSON.parse(body)));
  return faults;
}

const rooted = (schema: object, version: BerlinGroupVersion): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/', `"${version}#/`)) as object;
const typed = (schema: object, text: string): unknown => ("type" in schema && schema.type === "boolean" ? text === "true" : text);

function wrong(where: string, schema: object, value: unknown): readonly string[] {
  const validate = ajv.compile(schema);
  return validate(value) === true
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${where}${instancePath} ${message ?? ""}`);
}
