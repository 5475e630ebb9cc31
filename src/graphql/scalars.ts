import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from "graphql";
import { parseChangeCursor, printChangeCursor } from "./change/cursor.ts";
import { parseCurrency, parseDecimal, type Currency, type Decimal } from "../domain/money.ts";
import { isDay, type Day, type Instant } from "../domain/time.ts";

interface TextScalar<T> {
  readonly name: string;
  readonly description: string;
  readonly specifiedByURL?: string;
  /** Null = not of this type. */
  readonly parse: (text: string) => T | null;
  /** What a value looks like, for the message. */
  readonly expected: string;
  /** Integers are read too, by their exact text. */
  readonly integers?: boolean;
  /** @default the text itself */
  readonly print?: (value: T) => string;
}

/** A scalar that travels as a JSON string. Faults are the caller's: BAD_USER_INPUT, with the place given by graphql-js. */
function textScalar<T>(type: TextScalar<T>): GraphQLScalarType<T, string> {
  const read = (text: string): T => {
    const value = type.parse(text);
    if (value === null) throw wrong(type);
    return value;
  };
  return new GraphQLScalarType<T, string>({
    name: type.name,
    description: type.description,
    ...(type.specifiedByURL === undefined ? {} : { specifiedByURL: type.specifiedByURL }),
    serialize: (value) => (type.print ? type.print(value as T) : String(value)),
    parseValue: (value) => {
      if (typeof value === "string") return read(value);
      if (type.integers && Number.isSafeInteger(value)) return read(String(value));
      throw wrong(type);
    },
    parseLiteral: (node: ValueNode) => {
      if (node.kind === Kind.STRING || (type.integers && node.kind === Kind.INT)) return read(node.value);
      throw wrong(type, node);
    },
  });
}

function wrong(type: { readonly name: string; readonly expected: string }, node?: ValueNode): GraphQLError {
  return new GraphQLError(`${type.name} expects ${type.expected}.`, {
    ...(node ? { nodes: node } : {}),
    extensions: { code: "BAD_USER_INPUT" },
  });
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

export const DateTimeScalar = textScalar<Instant>({
  name: "DateTime",
  description: "An instant as RFC 3339 writes it, with offset; always UTC on output, such as `2026-03-01T09:30:00.000Z`.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
  expected: "an RFC 3339 instant with offset, such as 2026-03-01T09:30:00Z",
  parse: (text) => (isDay(RFC_3339.exec(text)?.[1] ?? "") ? Date.parse(text.toUpperCase()) : null),
  print: (instant) => new Date(instant).toISOString(),
});

export const DateScalar = textScalar<Day>({
  name: "Date",
  description: "A calendar day as the bank states it, `YYYY-MM-DD`. Never converted from or to an instant.",
  expected: "an existing day as YYYY-MM-DD",
  parse: (text) => (isDay(text) ? text : null),
});

export const DecimalScalar = textScalar<Decimal>({
  name: "Decimal",
  description:
    'An exact decimal in a JSON string, such as `"-12.50"`; up to 20 digits before and 10 after the point. Never a float: as input a ' +
    "string or an integer.",
  expected: 'an exact decimal in a string, such as "-12.50" (20 digits before and 10 after the point at most)',
  parse: (text) => parseDecimal(text),
  integers: true,
});

export const CurrencyCodeScalar = textScalar<Currency>({
  name: "CurrencyCode",
  description: "An ISO 4217 alphabetic code in capitals, such as `EUR`. `XXX` is never given: an unknown currency is null.",
  expected: "three capital letters, such as EUR",
  parse: (text) => (/^[A-Z]{3}$/.test(text) ? parseCurrency(text) : null),
});

export const CountryCodeScalar = textScalar<string>({
  name: "CountryCode",
  description: "An ISO 3166-1 alpha-2 country code in capitals, such as `DE`.",
  expected: "two capital letters, such as DE",
  parse: (text) => (/^[A-Z]{2}$/.test(text) ? text : null),
});

const MAX_URL_LENGTH = 2_000;

export const UrlScalar = textScalar<string>({
  name: "URL",
  description: "An absolute URL, given back letter by letter as it was stored.",
  specifiedByURL: "https://url.spec.whatwg.org/",
  expected: "an absolute URL of at most 2,000 characters",
  parse: (text) => (text.length <= MAX_URL_LENGTH && URL.canParse(text) ? text : null),
});

export const IbanScalar = textScalar<string>({
  name: "IBAN",
  description: "An international bank account number (ISO 13616) in electronic form: capitals and digits, no spaces.",
  expected: "an IBAN without spaces",
  parse: (text) => (/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text) ? text : null),
});

export const ChangeCursorScalar = textScalar<number>({
  name: "ChangeCursor",
  description: "A position in one user's change log: opaque, ordered, never reused. Store it as it is and hand it back.",
  expected: "a cursor as the hub gave it",
  parse: parseChangeCursor,
  print: printChangeCursor,
});
