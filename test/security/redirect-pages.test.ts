import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startUkOpenBankingBank } from "../../src/sandbox/uk-open-banking/bank.ts";
import { startTestHub, type TestHub } from "../hub.ts";

/** Every page that a browser can be shown by the hub, with an attacker's text in everything that an address can carry: no script of theirs runs. */

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
if (CHROMIUM === undefined)
  process.stderr.write("redirect-pages: no chromium on this machine: the attacks are put by plain HTTP alone, and no browser is asked\n");

/** Each sets a flag of the window where it is run as script, in whatever place it ends up. */
const PAYLOADS = [
  `<script>window.owned=1</script>`,
  `"><script>window.owned=1</script>`,
  `'><img src=x onerror=window.owned=1>`,
  `</title><svg onload=window.owned=1>`,
  `</style></script><script>window.owned=1</script>`,
  `<iframe srcdoc="<script>parent.owned=1</script>"></iframe>`,
  `<base href="//127.0.0.1:9/"><meta http-equiv="refresh" content="0;url=javascript:window.owned=1">`,
  `javascript:window.owned=1`,
  `";window.owned=1;//`,
  "${window.owned=1}",
  `{{constructor.constructor('window.owned=1')()}}`,
  `<!--><script>window.owned=1</script>-->`,
  `\u2028window.owned=1\u2029<img/src=x onerror=window.owned=1>`,
  `+ADw-script+AD4-window.owned=1+ADw-/script+AD4-`,
  `<form action="javascript:window.owned=1"><input autofocus onfocus="window.owned=1">`,
];

const BANK = "sandbox-uk-open-banking"; // answers behind the #: the one page with a script of its own
const NAMES = ["state", "code", "error", "error_description", "iss", "id_token", "consentId", "status", "query", "variables", "headers"];
/** Pages whose own script the address may feed: their contents vary by the browser. */
const EXPLORERS = ["/graphql", "/graphiql"];
const everywhere = (payload: string) => new URLSearchParams(NAMES.map((name) => [name, payload])).toString();

/** Addresses, by what stands in them. */
const PAGES: readonly (readonly [string, (payload: string) => string])[] = [
  ["the page for an unknown state", (payload) => `/callback/${BANK}?${everywhere(payload)}`],
  ["the page for a missing state", (payload) => `/callback/${BANK}?${new URLSearchParams({ error: payload, [payload]: payload })}`],
  ["the page for an answer that contradicts itself", (payload) => `/callback/${BANK}?${new URLSearchParams([["state", payload], ["state", ""]])}`],
  ["the page of a bank that there is not", (payload) => `/callback/${encodeURIComponent(payload)}?${everywhere(payload)}`],
  ["the page for answers in the fragment", (payload) => `/callback/${BANK}#${everywhere(payload)}`],
  ["that page with text that is no query", (payload) => `/callback/${BANK}#${payload}&state=${payload}`],
  ["the sandbox's landing page", (payload) => `/sandbox/landed?${everywhere(payload)}`],
  ["that page with a list in a parameter", (payload) => `/sandbox/landed?${new URLSearchParams([["status", payload], ["status", payload]])}`],
  ["an address that is none", (payload) => `/${encodeURIComponent(payload)}?${everywhere(payload)}`],
  ["the picture of a bank", (payload) => `/logos/${encodeURIComponent(payload)}.svg`],
  ["Apollo Sandbox", (payload) => `/graphql?${everywhere(payload)}#${payload}`],
  ["GraphiQL", (payload) => `/graphiql?${everywhere(payload)}#${payload}`],
]; // prettier-ignore

let t: TestHub;
let origin: string;
beforeAll(async () => {
  t = await startTestHub({ startBank: () => startUkOpenBankingBank({ id: BANK, businessCount: 1 }) });
  ({ origin } = new URL(t.hub.url));
});
afterAll(() => t[Symbol.asyncDispose]());

const asBrowser = { headers: { accept: "text/html" }, redirect: "manual" } as const;

describe("by plain HTTP", () => {
  it.each(PAGES)("%s holds nothing of its address as markup, and forbids all but what it is made of", async (_name, address) => {
    for (const payload of PAYLOADS) {
      const response = await fetch(origin + address(payload), asBrowser);
      const [body, { headers }] = [await response.text(), response];
      const type = headers.get("content-type") ?? "";
      if (type.startsWith("text/html") && /[<"'&]/.test(payload)) expect(body).not.toContain(payload);
      expect(type).toMatch(/^(text\/html|application\/json)(; charset=utf-8)?$/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cache-control")).toBe("no-store");
      const policy = headers.get("content-security-policy") ?? "";
      for (const rule of ["default-src 'none'", "frame-ancestors 'none'"]) expect(policy).toContain(rule);
      if (!EXPLORERS.some((path) => address("").startsWith(path))) expect(policy).not.toContain("unsafe");
      expect(policy).not.toMatch(/(?:connect|script|form|default)-src[^;]*(?:\*|https?:(?!\/\/embeddable)|wss?:(?!\/\/127))/);
      expect([headers.get("location"), headers.get("set-cookie")]).toEqual([null, null]);
    }
  });

  it.each([
    ["an address that cannot be decoded", () => fetch(`${origin}/callback/%zz?code=secret-code`)],
    ["a form that is too large", () => post("x".repeat(20_000), "application/x-www-form-urlencoded")],
    ["JSON that is none", () => post("{", "application/json")],
    ["a body of another type", () => post("<x/>", "application/xml")],
    ["a method that is none of the route's", () => fetch(`${origin}/callback/${BANK}?code=secret-code`, { method: "DELETE" })],
  ])("the answer to %s is guarded too, and repeats no code", async (_name, ask) => {
    const response = await ask();
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    const guards = ["x-content-type-options", "referrer-policy", "cache-control"].map((name) => response.headers.get(name));
    expect(guards).toEqual(["nosniff", "no-referrer", "no-store"]);
    expect(await response.text()).not.toContain("secret-code");
  });
});

function post(body: string, type: string): Promise<Response> {
  return fetch(`${origin}/callback/${BANK}?code=secret-code`, { method: "POST", headers: { "content-type": type }, body });
}

describe.skipIf(CHROMIUM === undefined)("in a real browser (skipped where there is no chromium)", () => {
  let browser: Browser;
  beforeAll(async () => {
    const { chromium } = await import("playwright-core");
    const quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"];
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? "",
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", ...quiet],
    });
  });
  afterAll(() => browser.close());

  it.each(PAGES)(
    "%s runs no script of an attacker and leads nowhere",
    async (_name, address) => {
      await using context = await browser.newContext();
      const page = await context.newPage();
      const seen = { dialogs: 0, elsewhere: [] as string[] };
      page.on("dialog", (dialog) => { seen.dialogs++; void dialog.dismiss(); }); // prettier-ignore
      // Nothing leaves this machine; what would have is noted. Apollo's own script is the one foreign thing that its page asks for.
      await context.route(
        (url) => url.origin !== origin && /^(https?|wss?):$/.test(url.protocol),
        (route) => {
          const url = route.request().url();
          if (!url.startsWith("https://embeddable-sandbox.cdn.apollographql.com/")) seen.elsewhere.push(url);
          return route.abort();
        },
      );
      // The explorers are megabytes: there all payloads go at once, but for line separators, of which GraphiQL's editor warns with a dialog of its own.
      const explorer = EXPLORERS.some((path) => address("").startsWith(path));
      const payloads = explorer ? [PAYLOADS.join("\n").replace(/[\u2028\u2029]/g, "")] : PAYLOADS;
      for (const payload of payloads) {
        await page.goto("about:blank"); // else another text behind the # would load nothing
        await page.goto(origin + address(payload), { waitUntil: "load" });
        if (address("").startsWith("/graphiql")) await page.locator(".view-line", { hasText: "window.owned" }).first().waitFor();
        await page.evaluate(() => new Promise((done) => setTimeout(done))); // what a payload has started has run by then
        expect([await page.evaluate(() => "owned" in globalThis), new URL(page.url()).origin]).toEqual([false, origin]);
      }
      expect(seen).toEqual({ dialogs: 0, elsewhere: [] });
    },
    60_000,
  );

  it("would see a script that runs, and it is the policy that stops one where escaping has failed", async () => {
    const page = `<!doctype html><script>window.owned=1</script>`;
    await using context = await browser.newContext();
    const policy = (await fetch(`${origin}/callback/nobody?state=x`)).headers.get("content-security-policy") ?? "";
    const ran = async (headers: Record<string, string>) => {
      const tab = await context.newPage();
      const blocked: string[] = [];
      tab.on("console", (message) => blocked.push(message.text()));
      await tab.route("**/*", (route) => route.fulfill({ contentType: "text/html", headers, body: page }));
      await tab.goto(`${origin}/callback/nobody`);
      return {
        owned: await tab.evaluate(() => "owned" in globalThis),
        blocked: blocked.some((text) => /Content Security Policy/.test(text)),
      };
    };
    expect(await ran({})).toEqual({ owned: true, blocked: false });
    expect(await ran({ "content-security-policy": policy })).toEqual({ owned: false, blocked: true });
  });
});
