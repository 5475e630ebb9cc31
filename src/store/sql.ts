/** Statement text with `?` for each parameter, and the parameters in order: what both dialects' sessions take. */
export interface Sql {
  readonly text: string;
  readonly params: readonly Param[];
}

/** Arrays go as JSON text to SQLite and as arrays to Postgres; only {@link Db.among} and {@link Db.parents} write statements for them. */
export type Param = string | number | boolean | null | readonly (string | number | boolean | null)[];

/** Builds {@link Sql}: a nested Sql is spliced in, everything else becomes a parameter. Never a way for values into the text. */
export function sql(strings: TemplateStringsArray, ...values: readonly (Sql | Param)[]): Sql {
  let text = strings[0] ?? "";
  const params: Param[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    if (isSql(value)) {
      text += value.text;
      params.push(...value.params);
    } else {
      text += "?";
      params.push(value);
    }
    text += strings[i + 1] ?? "";
  }
  return { text, params };
}

/** Text of our own (column lists, table names): never anything from outside. */
export function raw(text: string): Sql {
  return { text, params: [] };
}

export const NOTHING: Sql = raw("");
export const ALWAYS: Sql = raw("true");

export function all(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? ALWAYS : joined(conditions, " and ");
}

export function joined(parts: readonly Sql[], separator: string): Sql {
  return { text: parts.map((part) => part.text).join(separator), params: parts.flatMap((part) => part.params) };
}

/** `column in (?, ?, …)` for the few values of a closed set. */
export function oneOf(column: string, values: readonly string[]): Sql {
  if (values.length === 0) return raw("false");
  return { text: `${column} in (${values.map(() => "?").join(", ")})`, params: values };
}

function isSql(value: Sql | Param): value is Sql {
  return typeof value === "object" && value !== null && "text" in value;
}
