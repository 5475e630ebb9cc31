import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSealer, masterSealer, SealBroken } from "./cipher.ts";
import { Secret } from "./secret.ts";

describe("sealer", () => {
  const sealer = createSealer(randomBytes(32));

  it("opens what it sealed, and never seals a text twice alike", () => {
    const [first, second] = [sealer.seal("token ąß", ["ten_1", "handle"]), sealer.seal("token ąß", ["ten_1", "handle"])];
    expect(first).not.toBe(second);
    expect(first).not.toContain("token");
    expect(sealer.open(first, ["ten_1", "handle"])).toBe("token ąß");
  });

  it.each([
    ["another binding", ["ten_2", "handle"]],
    ["a binding split elsewhere", ["ten_", "1handle"]],
    ["no binding", []],
  ])("refuses %s", (_name, boundTo) => {
    expect(() => sealer.open(sealer.seal("token", ["ten_1", "handle"]), boundTo)).toThrow(SealBroken);
  });

  it("refuses a text with any one character changed", () => {
    const sealed = sealer.seal("token", []);
    for (let at = 0; at < sealed.length - 1; at++) {
      const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
      expect(() => sealer.open(changed, [])).toThrow(SealBroken);
    }
  });

  it("refuses another key and says so", () => {
    expect(() => createSealer(randomBytes(32)).open(sealer.seal("token", []), [])).toThrow("sealed with another key");
  });

  it("refuses a key that is not 32 bytes long", () => {
    expect(() => masterSealer(new Secret("c2hvcnQ="))).toThrow(RangeError);
  });
});
