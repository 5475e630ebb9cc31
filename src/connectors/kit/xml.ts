import { XMLParser, XMLValidator } from "fast-xml-parser";
import { rowOf, textOf, type Row } from "./wire.ts";

const MAX_DEPTH = 40;
const MAX_ELEMENTS = 2_000_000;

/** True where the body is XML or HTML, by its first character: the Content-Type says nothing reliable. */
export function startsLikeXml(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  if (first === 0 ? second === 0x3c : first === 0xff ? second === 0xfe : first === 0xfe && second === 0xff) return true;
  return /^(?:\u00ef\u00bb\u00bf)?\s*</.test(new TextDecoder("iso-8859-1").decode(bytes.subarray(0, 200)));
}

/**
 * XML as nested rows: names without their prefix, attributes as `@name`, the text of an element with attributes as `#text`, a list where a name
 * repeats. Every value is text. A DOCTYPE is refused, so that no entity exists but the five of XML itself and characters by number.
 * @throws SyntaxError, without any of the content, for what is no well-formed XML or goes beyond 40 levels or 2 million tags
 */
export function parseXml(bytes: Uint8Array, contentType?: string): Row {
  const text = decoded(bytes, contentType);
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new SyntaxError("XML with a DOCTYPE");
  if (tagsIn(text) > MAX_ELEMENTS) throw new SyntaxError("XML with too many elements");
  // The parser alone takes a document that breaks off for a whole one.
  if (XMLValidator.validate(text) !== true) throw new SyntaxError("no well-formed XML");
  let parsed: unknown;
  try {
    parsed = parser.parse(text);
  } catch {
    throw new SyntaxError("XML nested too deeply or with forbidden names");
  }
  const row = rowOf(parsed);
  if (!row) throw new SyntaxError("no XML element");
  return row;
}

/** The text of an element, whether it has attributes or not. */
export function elementText(value: unknown): string | null {
  return textOf(value) ?? textOf(rowOf(value)?.["#text"]);
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: MAX_DEPTH,
  // The library's own decoder counts `&amp;` against its limits: an honest statement of many rows would be refused.
  entityDecoder: {
    decode: withCharacters,
    setExternalEntities: nothing,
    addInputEntities: nothing,
    reset: nothing,
    setXmlVersion: nothing,
  },
});

function nothing(): void {
  // A decoder without state.
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Once over the text, never over its own result: `&amp;lt;` is `&lt;`. */
function withCharacters(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (whole, decimal: string, hex: string, name: string) => {
    if (name) return NAMED[name] ?? whole;
    const code = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole;
  });
}

function tagsIn(text: string): number {
  let count = 0;
  for (let i = text.indexOf("<"); i >= 0 && count <= MAX_ELEMENTS; i = text.indexOf("<", i + 1)) count += 1;
  return count;
}

/**
 * A byte order mark decides; then UTF-8 where the bytes are that (text of another charset practically never is); then what the document or the
 * header declares.
 */
function decoded(bytes: Uint8Array, contentType = ""): string {
  const start = new TextDecoder("iso-8859-1").decode(bytes.subarray(0, 200)).replaceAll("\0", "");
  const declared = /^[^<]*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)/.exec(start)?.[1];
  const labels = [...utf16(bytes), "utf-8", declared, /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1]];
  for (const label of labels) {
    try {
      if (label !== undefined) return new TextDecoder(label, { fatal: true }).decode(bytes);
    } catch {
      // An unknown label or bytes that are not of this charset: the next one.
    }
  }
  return new TextDecoder("iso-8859-1").decode(bytes);
}

/** By byte order mark or by the zero beside the first `<`. */
function utf16([first, second]: Uint8Array): readonly string[] {
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return ["utf-16le"];
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return ["utf-16be"];
  return [];
}
