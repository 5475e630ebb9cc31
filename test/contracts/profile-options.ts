/** As much of a JSON schema as profiles have. */
export interface Json {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Json[];
  readonly items?: Json;
  readonly additionalProperties?: Json | boolean;
  readonly properties?: Readonly<Record<string, Json>>;
}

export interface Option extends Json {
  readonly path: string;
}

/** Every option that the schema knows. */
export function optionsOf(schema: Json, prefix = ""): readonly Option[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = prefix + name;
    return property.properties === undefined ? [{ ...property, path }] : optionsOf(property, `${path}.`);
  });
}

/** The values of an option, in words. */
export function valuesOf(option: Json): string {
  if (option.anyOf !== undefined) return option.anyOf.map(valuesOf).join(" or ");
  if (option.enum !== undefined) return option.enum.map((word) => `\`${word}\``).join(", ");
  if (Array.isArray(option.type)) return option.type.join(" or ");
  if (option.type !== "array") return option.type === "object" ? "names and values" : String(option.type);
  const { items } = option;
  return items?.properties === undefined
    ? `list of ${items?.enum === undefined ? String(items?.type) : valuesOf(items)}`
    : `list of { ${Object.keys(items.properties).join(", ")} }`;
}
