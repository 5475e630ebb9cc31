import { describe, expect, it } from "vitest";
import { ExactNumber, MAX_JSON_DEPTH, parseJson } from "./json.ts";

describe("parseJson", () => {
  it("keeps the source text of every number, and gives it back the same", () => {
    const text = '{"a":1234567890123456789.10,"b":[-0.10,1E+2],"c":"12","d":null,"e":true}';
    const parsed = parseJson(text) as Record<string, unknown>;
    expect(String(parsed["a"])).toBe("1234567890123456789.10");
    expect((parsed["b"] as ExactNumber[]).map(String)).toEqual(["-0.10", "1E+2"]);
    expect(parsed).toMatchObject({ c: "12", d: null, e: true });
    expect(JSON.stringify(parsed)).toBe(text);
  });

  it("reads texts without numbers, a bare number, and past a byte order mark", () => {
    expect(parseJson('{"a":"b"}')).toEqual({ a: "b" });
    expect(parseJson(" 7 ")).toEqual(new ExactNumber("7"));
    expect(parseJson('\ufeff["x"]')).toEqual(["x"]);
  });

  it("refuses what is nested deeper than allowed, brackets in texts aside", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(() => parseJson(nested(MAX_JSON_DEPTH))).not.toThrow();
    expect(() => parseJson(nested(MAX_JSON_DEPTH + 1))).toThrow(SyntaxError);
    expect(() => parseJson(nested(1_000_000))).toThrow("nested too deeply");
    expect(parseJson(JSON.stringify(["[".repeat(1_000), '\\"['.repeat(99)]))).toHaveLength(2);
  });

  it("quotes nothing of the text in its error", () => {
    for (const text of ["", "<html>", '{"token":"s3cret"', '{"iban":DE02}']) {
      expect(() => parseJson(text)).toThrow(new SyntaxError("not JSON"));
    }
  });
});
