import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from "graphql";
import type { Random } from "../random.ts";

/** Ids, cursors and words that mean something to the hub, put in where a scalar is wanted. */
export interface Vocabulary {
  readonly ids: readonly [string, ...string[]];
}

const ODD_TEXT = ["", " ", "\u0000", "null", "__proto__", "constructor", "-1", "1e400", "%", "%00", "' or 1=1 --", "\u202e", "\ud800", "💣".repeat(20), "a".repeat(5_000), "2026-02-30", "https://a.example/back", "<script>alert(1)</script>", "../../etc/passwd", "{{7*7}}", "${7*7}"] as const; // prettier-ignore
const ODD_NUMBER = ["0", "-1", "1", "500", "501", "2147483647", "2147483648", "-2147483649", "1e308", "1e400", "0.1", "-0"] as const;
const ODD_TOKEN = ["{", "}", "(", ")", "[", "]", "@", "!", "$", ":", "...", "|", "&", "=", "#", '"', '"""', "\\", "\u0000", "\ufeff", "on", "fragment", "query", "mutation", "subscription", "@include(if: false)", "@skip(if: $x)", "@deprecated", "__typename", "__schema", "__type", "$x", "1", "1.5", "true", "null", "é"] as const; // prettier-ignore

/** Text of documents: some the schema would take, some that it nearly would, some that are none. */
export function createDocumentMaker(random: Random, schema: GraphQLSchema, corpus: readonly [string, ...string[]], { ids }: Vocabulary) {
  const text = (): string => JSON.stringify(random.chance(0.6) ? random.pick(ids) : random.pick(ODD_TEXT));

  function value(type: GraphQLInputType, depth = 0): string {
    if (random.chance(0.04)) return random.pick(["null", "$x", "{}", "[]", "[[[[]]]]", "FOO", "1", text()]);
    const nullable = getNullableType(type);
    if (isListType(nullable))
      return `[${Array.from({ length: random.below(4) }, () => value(nullable.ofType as GraphQLInputType, depth + 1)).join(",")}]`;
    if (isEnumType(nullable)) return nullable.getValues()[random.below(nullable.getValues().length)]?.name ?? "FOO";
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields()).filter(() => random.chance(depth > 3 ? 0.2 : 0.5));
      return `{${fields.map((field) => `${field.name}: ${value(field.type, depth + 1)}`).join(", ")}}`;
    }
    switch (getNamedType(type).name) {
      case "Int":
      case "Float":
        return random.pick(ODD_NUMBER);
      case "Boolean":
        return random.pick(["true", "false"]);
      default:
        return text();
    }
  }

  function selection(type: GraphQLNamedType | undefined, depth: number): string {
    if (!isObjectType(type) && !isInterfaceType(type)) return "__typename";
    const fields = Object.values(type.getFields());
    const parts: string[] = [];
    for (let count = 1 + random.below(depth > 3 ? 2 : 4); count > 0; count--) {
      const roll = random.next();
      if (roll < 0.03) parts.push("__typename");
      else if (roll < 0.06) parts.push(`...${random.pick(["F", "G", "__proto__"])}`);
      else if (roll < 0.1)
        parts.push(`... on ${random.pick(["User", "Consent", "Node", "Change", "Foo"])} { ${selection(type, depth + 1)} }`);
      else {
        const field = fields[random.below(fields.length)];
        if (!field) continue;
        const args = field.args
          .filter((argument) => String(argument.type).endsWith("!") || random.chance(0.3))
          .map(({ name, type: of }) => `${name}: ${random.chance(0.1) ? "$x" : value(of)}`);
        const alias = random.chance(0.08) ? `${random.pick(["a", "b", "__proto__", "constructor"])}: ` : "";
        const directive = random.chance(0.05) ? ` @${random.pick(["include", "skip", "nope"])}(if: ${random.pick(["true", "false", "$x", "1"])})` : ""; // prettier-ignore
        const below = getNamedType(field.type);
        const nested = isCompositeType(below) ? ` { ${depth > 7 ? "__typename" : selection(below, depth + 1)} }` : "";
        parts.push(`${alias}${field.name}${args.length > 0 ? `(${args.join(", ")})` : ""}${directive}${nested}`);
      }
    }
    return parts.join(" ") || "__typename";
  }

  const roots = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() };
  function generated(kind: keyof typeof roots): string {
    const variables = random.chance(0.5)
      ? `($x: ${random.pick(["Int", "ID", "String!", "Boolean", "[ID!]!", "UserBy", "Foo", "Int = 3"])})`
      : "";
    const body = `${kind} ${random.pick(["", "Q", "__proto__"])}${variables} { ${selection(roots[kind] ?? undefined, 0)} }`;
    const fragments = ["F", "G"].filter((name) => body.includes(`...${name}`) || random.chance(0.05));
    return [body, ...fragments.map((name) => `fragment ${name} on ${random.pick(["Query", "User", "Node"])} { ${selection(roots.query ?? undefined, 5)} }`)].join(" "); // prettier-ignore
  }

  function mutated(source: string): string {
    const tokens = source.match(/"(?:\\.|[^"])*"|\.\.\.|[$@]?\w+|\S/g) ?? [];
    for (let count = 1 + random.below(4); count > 0; count--) {
      const [at, other] = [random.below(tokens.length + 1), random.below(tokens.length + 1)];
      const roll = random.next();
      if (roll < 0.25) tokens.splice(at, 1 + random.below(3));
      else if (roll < 0.5) tokens.splice(at, 0, random.pick(ODD_TOKEN));
      else if (roll < 0.65) tokens[at] = tokens[other] ?? "";
      else if (roll < 0.8) tokens.splice(at, 0, ...tokens.slice(other, other + random.below(12)));
      else if (roll < 0.9) tokens[at] = text();
      else tokens.splice(at, 0, ...Array.from({ length: random.below(60) }, () => tokens[other] ?? "a"));
    }
    return tokens.join(" ");
  }

  const garbage = (): string =>
    Array.from({ length: random.below(200) }, () =>
      random.chance(0.7) ? random.pick(ODD_TOKEN) : String.fromCharCode(random.below(0xffff)),
    ).join(random.pick(["", " "]));

  return {
    /** @param kinds - what operations may be among them */
    document(kinds: readonly [keyof typeof roots, ...(keyof typeof roots)[]]): string {
      const roll = random.next();
      if (roll < 0.45) return generated(random.pick(kinds));
      if (roll < 0.9) return mutated(random.chance(0.7) ? random.pick(corpus) : generated(random.pick(kinds)));
      return garbage();
    },
    json: (depth = 0): unknown => json(random, depth),
    text,
  };
}

function json(random: Random, depth: number): unknown {
  const roll = random.next();
  if (depth < 4 && roll < 0.15) return Array.from({ length: random.below(4) }, () => json(random, depth + 1));
  if (depth < 4 && roll < 0.35)
    return Object.fromEntries(
      Array.from({ length: random.below(4) }, () => [random.pick(["id", "clientId", "first", "x", "", "constructor", "ref", "bankId"]), json(random, depth + 1)]),
    ); // prettier-ignore
  if (roll < 0.6) return random.pick(ODD_TEXT);
  if (roll < 0.8) return Number(random.pick(ODD_NUMBER));
  return random.pick<unknown>([null, true, false, [], {}, 1e21]);
}
