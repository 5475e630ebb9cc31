import { describe, expect, it } from "vitest";
import { hrefOf, linkOf } from "../kit/links.ts";
import { followed } from "./links.ts";

const root = (baseUrl: string, pathRules: { from: string; to: string }[] = []) => ({ baseUrl, pathRules });
const HERE = new URL("https://bank.example/psd2/v1/accounts/a/transactions?bookingStatus=both");
const NEXT = "https://bank.example/psd2/v1/accounts/a/transactions?page=2";

describe("followed", () => {
  it.each([
    ["relative to the host", "/psd2/v1/accounts/a/transactions?page=2"],
    ["absolute", NEXT],
    ["with the port spelt out", NEXT.replace("example/", "example:443/")],
    ["as plain http", NEXT.replace("https:", "http:")],
    ["without a scheme", NEXT.replace("https:", "")],
    ["without the prefix", "/v1/accounts/a/transactions?page=2"],
    ["relative to the API root", "v1/accounts/a/transactions?page=2"],
    ["without the version", "accounts/a/transactions?page=2"],
    ["with the bank's inner prefix", "/internal/gateway/v1/accounts/a/transactions?page=2"],
    ["with a doubled prefix", "/psd2/v1/psd2/v1/accounts/a/transactions?page=2"],
    ["as a query only", "?page=2"],
  ])("goes to the next page by a link %s", (_name, href) =>
    expect(followed(root("https://bank.example/psd2"), href, HERE).href).toBe(NEXT),
  );

  it.each([
    "https://evil.example/psd2/v1/accounts",
    "//evil.example/v1/accounts",
    "https://bank.example.evil.example/v1/accounts",
    "https://bank.example:8443/v1/accounts",
    "https://user:pass@bank.example/v1/accounts",
    "http://evil.example/v1/accounts",
    "ftp://bank.example/v1/accounts",
    "javascript:alert(1)",
    "....\\\\MalformedHref",
    "\\\\evil.example\\v1",
    "/v1/a b",
  ])("never leaves the bank by %s", (href) => {
    expect(() => followed(root("https://bank.example/psd2"), href, HERE)).toThrow("_links");
  });

  it("does not fall from https to http on another port, nor rise in a sandbox", () => {
    expect(() => followed(root("http://127.0.0.1:4001"), "https://127.0.0.1:4001/v1/accounts")).toThrow("origin");
    expect(followed(root("http://127.0.0.1:4001"), "/v1/accounts").href).toBe("http://127.0.0.1:4001/v1/accounts");
  });

  it("applies the path rules of the profile first", () => {
    const rules = [{ from: "/core/api", to: "/psd2/v1" }];
    expect(followed(root("https://bank.example/psd2", rules), "/core/api/accounts/a").pathname).toBe("/psd2/v1/accounts/a");
  });
});

describe("hrefOf", () => {
  it.each([[{ href: "" }], [{ href: null }], [""], ["string"], [null], [undefined], [{ templated: true }], ["null"], [7]])(
    "finds nothing in %j",
    (link) => expect(hrefOf(link)).toBeNull(),
  );
  it.each([[{ href: "/v1/x" }], ["/v1/x"], ['"/v1/x"'], [[{ href: "/v1/x" }]]])("finds the link in %j", (link) =>
    expect(hrefOf(link)).toBe("/v1/x"),
  );
  it("takes the first name that leads somewhere", () => {
    expect(linkOf({ _links: { a: { href: "" }, b: "/b" } }, "a", "b")).toBe("/b");
    expect(linkOf({}, "a")).toBeNull();
    expect(linkOf(null, "a")).toBeNull();
  });
});
