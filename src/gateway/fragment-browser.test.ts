import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCallback } from "./fragment-page.fixture.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));

describe.skipIf(CHROMIUM === undefined)("the fragment page in a real browser (skipped where there is no /usr/bin/chromium)", () => {
  let browser: Browser;
  beforeAll(async () => {
    const { chromium } = await import("playwright-core");
    browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  });
  afterAll(() => browser.close());

  it("hands the answer on under its own policy, once, and leaves nothing of it in the history", async () => {
    await using app = await startCallback(() => ({ kind: "page", status: 200, title: "The app", message: "Landed." }));
    await using hub = await startCallback(({ state }) =>
      state === undefined ? { kind: "fragment" } : { kind: "redirect", url: `${app.origin}/callback/app?status=GIVEN` },
    );
    await using context = await browser.newContext();
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(`${hub.origin}/callback/bank-1#code=c%26d&id_token=a.b.c&state=s`);
    await page.waitForURL(`${app.origin}/callback/app?status=GIVEN`);
    expect(hub.seen.filter(({ parameters }) => parameters["state"] !== undefined)).toEqual([
      { bankId: "bank-1", parameters: { code: "c&d", id_token: "a.b.c", state: "s" } },
    ]);
    expect(problems.filter((text) => !text.includes("favicon"))).toEqual([]);
    await page.goBack();
    expect(page.url()).not.toContain("code=");
  });

  it("shows a refusal as text, and runs no script that came with it", async () => {
    await using hub = await startCallback(({ state }) =>
      state === undefined ? { kind: "fragment" } : { kind: "page", status: 409, title: "<img src=x onerror=alert(1)>", message: "Used." },
    );
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${hub.origin}/callback/bank-1#state=s`);
    await page.getByText("Used.").waitFor();
    expect(await page.locator("h1").textContent()).toBe("<img src=x onerror=alert(1)>");
    expect(await page.locator("img").count()).toBe(0);
  });
});
