import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import type { StetVersion } from "../../src/sandbox/stet/options.ts";

const FILES = { "1.4.0": "1.4.0/ais-slice.json", "1.4.2": "1.4.2/ais-reconstructed.json", "1.5": "1.5/ais-slice.json" } as const;

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: "query" | "header" | "path" | "body";
  readonly required?: boolean;
  readonly schema?: object;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
}
interface Model {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions?: Readonly<Record<string, object>>;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly components?: { readonly schemas: Readonly<Record<string, object>>; readonly parameters?: Readonly<Record<string, Parameter>> };
}

export interface SentRequest {
  readonly method: string;
  /** Below the version: `/accounts/…`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const TRANSPORT = /^(host|connection|accept|accept-encoding|content-length|transfer-encoding|content-type)$/;

/** The official file of a version (1.4.2: rebuilt), as a judge of what is sent and answered. Fields that it does not name are faults. */
export function openStet(version: StetVersion) {
  const file = new URL(`../fixtures/stet/${FILES[version]}`, import.meta.url);
  const model = JSON.parse(readFileSync(file, "utf8"), (_key, value: unknown) => closed(value)) as Model;
  const root = model.definitions ? "definitions" : "components/schemas";
  const ajv = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true });
  ajv.addFormat("date", /^\d{4}-\d{2}-\d{2}$/);
  ajv.addFormat("date-time", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/);
  for (const format of ["float", "double", "int32", "int64", "uri"]) ajv.addFormat(format, true);
  ajv.addSchema(model, "stet");

  const faults = (where: string, schema: object, value: unknown): readonly string[] => {
    const rooted = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"stet#/')) as object;
    const validate = ajv.compile(rooted);
    if (validate(value) === true) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${where}${instancePath} ${message ?? ""} ${JSON.stringify(params)}`,
    );
  };
  return {
    /** Departures of a body from a named schema. */
    bodyFaults: (name: string, body: unknown) => faults(name, { $ref: `#/${root}/${name}` }, body),
    /** Departures of a request. */
    requestFaults({ method, path, query, headers, body }: SentRequest): readonly string[] {
      const template = Object.keys(model.paths).find((one) => new RegExp(`^${one.replace(/\{[^}]+\}/g, "[^/]+")}$`).test(path));
      const operation = template === undefined ? undefined : model.paths[template]?.[method.toLowerCase()];
      if (!operation) return [`${method} ${path} is not in the standard`];
      const shared = model.parameters ?? model.components?.parameters ?? {};
      const known = (operation.parameters ?? []).map((one) =>
        one.$ref === undefined ? one : (shared[one.$ref.split("/").pop() ?? ""] ?? one),
      );
      const found: string[] = [];
      for (const parameter of known) {
        const { name, in: place, required } = parameter;
        if (place === "path" || place === "body") continue;
        const value = place === "query" ? query.get(name) : (headers[name.toLowerCase()] ?? null);
        if (value === null && required) found.push(`${place} ${name} is missing`);
        if (value !== null) found.push(...faults(`${place} ${name}`, parameter.schema ?? typeOf(parameter), String(value)));
      }
      const names = (place: string) => known.filter((one) => one.in === place).map(({ name }) => name.toLowerCase());
      for (const name of query.keys()) if (!names("query").includes(name.toLowerCase())) found.push(`query ${name} is not in the standard`);
      for (const name of Object.keys(headers))
        if (!TRANSPORT.test(name) && !names("header").includes(name)) found.push(`header ${name} is not in the standard`);
      const schema = known.find((one) => one.in === "body")?.schema ?? Object.values(operation.requestBody?.content ?? {})[0]?.schema;
      if (schema) found.push(...faults("body", schema, JSON.parse(body)));
      return found;
    },
  };
}

/** Swagger 2 has a parameter's type beside its name. */
function typeOf(parameter: Parameter): object {
  const { name: _name, in: _in, required: _required, ...schema } = parameter;
  return schema;
}

/** Ajv takes unknown fields unless told otherwise. */
function closed(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("properties" in value) || typeof value.properties !== "object") return value;
  return "type" in value && value.type !== "object" ? value : { additionalProperties: false, ...value };
}
