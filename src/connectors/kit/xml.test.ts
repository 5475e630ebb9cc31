import { describe, expect, it } from "vitest";
import { at } from "./wire.ts";
import { elementText, parseXml, startsLikeXml } from "./xml.ts";

const bytes = (text: string, encoding: BufferEncoding = "utf8") => new Uint8Array(Buffer.from(text, encoding));

describe("XML of a bank", () => {
  it("is read without prefixes, as text, with attributes beside it and lists where names repeat", () => {
    const row = parseXml(
      bytes('<?xml version="1.0"?><n:D xmlns:n="urn:x"><n:A Ccy="EUR">007.10</n:A><n:B>1</n:B><n:B>2</n:B><n:C/></n:D>'),
    );
    expect(row).toEqual({ D: { A: { "#text": "007.10", "@Ccy": "EUR" }, B: ["1", "2"], C: "" } });
    expect(elementText(at(row, "D", "A"))).toBe("007.10");
    expect(at(row, "D", "B", "X")).toBeUndefined();
  });

  it("has the five entities of XML and characters by number, once over, and nothing else", () => {
    const text = "&lt;a&gt; &amp;lt; &quot;&apos; &#228;&#x1F600; &euro; &#0; &#xD800;";
    expect(parseXml(bytes(`<D>${text}</D>`))).toEqual({ D: `<a> &lt; "' ä😀 &euro; &#0; &#xD800;` });
    expect(parseXml(bytes("<D><![CDATA[<b> &amp;]]></D>"))).toEqual({ D: "<b> &amp;" });
    const many = "&amp;".repeat(100_000);
    expect(parseXml(bytes(`<D>${many}</D>`))["D"]).toHaveLength(100_000);
  });

  it.each([
    ["a DOCTYPE", '<!DOCTYPE D [<!ENTITY a "b">]><D>&a;</D>'],
    ["a DOCTYPE in other case", "<!doctype html><html></html>"],
    ["an external entity", '<?xml version="1.0"?><!DOCTYPE D SYSTEM "file:///etc/passwd"><D/>'],
    ["a document that breaks off", "<D><A>1</A><B>"],
    ["tags that do not match", "<D><A></D></A>"],
    ["text", "nothing"],
    ["nothing", ""],
    ["deep nesting", "<a>".repeat(60) + "</a>".repeat(60)],
    ["names that are no data", "<D><__proto__>1</__proto__></D>"],
    ["more elements than any statement has", `<D>${"<a/>".repeat(2_000_001)}</D>`],
  ])("is refused where it is or has %s, without a word of its content", (_name, text) => {
    let refused: unknown = null;
    try {
      parseXml(bytes(text));
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(SyntaxError);
    expect(String(refused)).not.toMatch(/passwd|&a|html|nothing/);
    expect(Object.keys({})).toEqual([]);
  });

  it.each<[string, Uint8Array, string?]>([
    ["UTF-8", bytes("<D>Ä</D>")],
    ["UTF-8 with a byte order mark", bytes("\ufeff<D>Ä</D>")],
    ["UTF-8 under a false header", bytes("<D>Ä</D>"), "application/xml; charset=ISO-8859-1"],
    ["ISO-8859-1 by its declaration", bytes('<?xml version="1.0" encoding="ISO-8859-1"?><D>Ä</D>', "latin1")],
    ["ISO-8859-1 by its header", bytes("<D>Ä</D>", "latin1"), 'text/xml; charset="iso-8859-1"'],
    ["ISO-8859-1 that nobody declares", bytes("<D>Ä</D>", "latin1")],
    ["ISO-8859-1 under a false declaration", bytes('<?xml version="1.0" encoding="UTF-8"?><D>Ä</D>', "latin1")],
    ["UTF-16 with a byte order mark", bytes("\ufeff<D>Ä</D>", "utf16le")],
    ["UTF-16 without one", bytes("<D>Ä</D>", "utf16le")],
    ["UTF-16, big end first", new Uint8Array(Buffer.from("\ufeff<D>Ä</D>", "utf16le").swap16())],
  ])("in %s is read", (_name, body, header) => {
    expect(startsLikeXml(body)).toBe(true);
    expect(parseXml(body, header)).toEqual({ D: "Ä" });
  });

  it("is told from JSON by its first character", () => {
    expect(["{}", ' {"a":"<b>"}', "[1]", "", ":20:x"].map((text) => startsLikeXml(bytes(text)))).toEqual(Array(5).fill(false));
    expect(startsLikeXml(bytes("\n  <a/>"))).toBe(true);
  });
});
