import { createHash } from "node:crypto";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { FRAGMENT_PAGE } from "./fragment-page.ts";
import { startCallback } from "./fragment-page.fixture.ts";

const NO_STATE = { kind: "page", status: 400, title: "This link is incomplete", message: "Start again." } as const;
const LANDED = { kind: "redirect", url: "https://app.example/back?consentId=con_1&status=GIVEN" } as const;
const fragmentBank = () => startCallback(({ state }) => (state === undefined ? { kind: "fragment" } : LANDED));

const SCRIPT = /<script>([\s\S]*)<\/script>/.exec(FRAGMENT_PAGE)?.[1] ?? "";

describe("GET /callback/<bankId> without an answer", () => {
  it("gives a page that may run its own script and nothing else, and talk to its own address only", async () => {
    await using hub = await fragmentBank();
    const response = await fetch(`${hub.origin}/callback/bank-1`);
    const policy = response.headers.get("content-security-policy") ?? "";
    const hash = createHash("sha256").update(SCRIPT).digest("base64");
    expect(response.status).toBe(200);
    expect(policy).toContain(`script-src 'sha256-${hash}'`);
    for (const rule of ["default-src 'none'", "connect-src 'self'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
      expect(policy).toContain(rule);
    expect(policy).not.toContain("unsafe");
    expect([response.headers.get("cache-control"), response.headers.get("referrer-policy")]).toEqual(["no-store", "no-referrer"]);
    expect(await response.text()).toBe(FRAGMENT_PAGE);
  });

  it("shows the same page whatever stands in the address, and loads nothing from anywhere", async () => {
    await using hub = await fragmentBank();
    const page = await (await fetch(`${hub.origin}/callback/%3Cscript%3Ealert(1)%3C%2Fscript%3E`)).text();
    expect(page).toBe(FRAGMENT_PAGE);
    expect(page).not.toMatch(/\b(src|href)=|@import|url\(/);
  });

  it("shows what is wrong at a bank that answers in the query", async () => {
    await using hub = await startCallback(() => NO_STATE);
    const response = await fetch(`${hub.origin}/callback/bank-1`);
    expect([response.status, (await response.text()).includes("<script")]).toEqual([400, false]);
  });
});

describe("POST /callback/<bankId>", () => {
  const body = new URLSearchParams({ code: "c&=d", id_token: "a.b.c", state: "s" });

  it("hands the answer on and tells the page's script where to go", async () => {
    await using hub = await fragmentBank();
    const response = await fetch(`${hub.origin}/callback/bank-1`, { method: "POST", body, headers: { accept: "application/json" } });
    expect([response.status, await response.json()]).toEqual([200, { url: LANDED.url }]);
    expect(hub.seen).toEqual([{ bankId: "bank-1", parameters: { code: "c&=d", id_token: "a.b.c", state: "s" } }]);
  });

  it("sends a browser on that a bank's own form has posted (form_post)", async () => {
    await using hub = await fragmentBank();
    const response = await fetch(`${hub.origin}/callback/bank-1`, { method: "POST", body, redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([303, LANDED.url]);
  });

  it.each([
    ["nothing", new URLSearchParams()],
    ["a refusal", body],
  ])("answers %s with a page's texts, never with the page for fragments again", async (_name, sent) => {
    await using hub = await startCallback(({ state }) => (state === undefined ? { kind: "fragment" } : NO_STATE));
    const response = await fetch(`${hub.origin}/callback/bank-1`, { method: "POST", body: sent, headers: { accept: "application/json" } });
    expect([response.status, Object.keys((await response.json()) as object)]).toEqual([400, ["title", "message"]]);
  });
});

describe("the page's script", () => {
  /** The few things of a browser that it touches. */
  async function run(hash: string, answer: { readonly status?: number; readonly json: unknown } | Error) {
    const [h1, p] = [{ textContent: "" }, { textContent: "" }];
    const done = { posted: [] as unknown[], went: [] as string[], wiped: [] as string[] };
    const document = { title: "", querySelector: (name: string) => (name === "h1" ? h1 : p) };
    const location = { hash, pathname: "/callback/bank-1", replace: (url: string) => done.went.push(url) };
    const history = { replaceState: (_state: unknown, _title: string, url: string) => done.wiped.push(url) };
    const fetched = (url: string, init: { method: string; body: string }) => {
      done.posted.push([url, init.method, init.body]);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ json: () => Promise.resolve(answer.json) });
    };
    runInNewContext(SCRIPT, { document, location, history, fetch: fetched });
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    return { ...done, shown: [h1.textContent, p.textContent] };
  }

  it("posts the fragment as it is, wipes it from the address, and goes where it is told", async () => {
    const ran = await run("#code=c%26&state=s", { json: { url: LANDED.url } });
    expect(ran).toMatchObject({
      posted: [["/callback/bank-1", "POST", "code=c%26&state=s"]],
      wiped: ["/callback/bank-1"],
      went: [LANDED.url],
    });
  });

  it.each(["", "#", "#code=c", "#estate=x"])("posts nothing for %j and says that the link is incomplete", async (hash) => {
    const ran = await run(hash, { json: {} });
    expect([ran.posted, ran.went, ran.shown[0]]).toEqual([[], [], "This link is incomplete"]);
  });

  it("shows the texts of a refusal as texts", async () => {
    const ran = await run("#state=s", { json: { title: "<b>used</b>", message: "Go back." } });
    expect([ran.went, ran.shown]).toEqual([[], ["<b>used</b>", "Go back."]]);
  });

  it("says so when the connection is lost", async () => {
    expect((await run("#state=s", new Error("offline"))).shown[0]).toBe("The connection was lost");
  });
});
