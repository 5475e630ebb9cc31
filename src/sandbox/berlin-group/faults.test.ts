import { gunzipSync } from "node:zlib";
import { request } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FAULT_KINDS, inGroup, SIGNATURE_FAULTS, type FaultKind, type FaultParams } from "../kit/faults/fault.ts";
import type { SandboxBank } from "../kit/sandbox-bank.ts";
import { startBerlinGroupBank } from "./bank.ts";
import { CALLBACK, codeOf, TestTpp, GLOBAL_CONSENT, type Answer } from "./tpp.fixture.ts";

type Rows = { transactionId?: string; entryReference?: string; bookingDate?: string; transactionAmount: { amount: unknown } }[];

describe("faults", () => {
  let bank: SandboxBank;
  let tpp: TestTpp;
  let consentId: string;
  let path: string;
  const tried = new Set<FaultKind>();

  beforeAll(async () => {
    bank = await startBerlinGroupBank({ accessTokenTtl: 86_400 });
    bank.clock.set(`${bank.clock.now().toISOString().slice(0, 10)}T20:30:00Z`);
    tpp = new TestTpp(bank);
    consentId = await tpp.consentOf("demo");
    path = `/v1/accounts/${String((await tpp.accountsOf(consentId))[0]?.["resourceId"])}/transactions?bookingStatus=both&dateFrom=2000-01-01`;
  });
  afterEach(() => bank.admin.clearFaults());
  afterAll(() => bank[Symbol.asyncDispose]());

  const get = (target = path) => tpp.call(target, { headers: { "consent-id": consentId } });
  const set = (kind: FaultKind, params?: FaultParams, operation = "transactions") => {
    tried.add(kind);
    bank.admin.setFault({ kind, operation, ...(params ? { params } : {}) });
  };
  const hit = (kind: FaultKind, params?: FaultParams): Promise<Answer> => {
    set(kind, params);
    return get();
  };
  const booked = (answer: Answer) => answer.json["transactions"].booked as Rows;
  const pending = (answer: Answer) => answer.json["transactions"].pending as Rows;
  const next = (answer: Answer): unknown => answer.json["transactions"]._links.next;

  it.each([
    ["http-500", 500],
    ["http-502", 502],
    ["http-503", 503],
    ["http-504", 504],
    ["empty-200", 200],
    ["no-content-204", 204],
    ["html-page", 200],
    ["rate-limited", 429],
    ["consent-expired", 401],
    ["consent-expired-403", 403],
    ["consent-invalid", 401],
    ["consent-unknown", 403],
    ["token-expired", 401],
    ["token-invalid", 401],
    ["account-blocked", 400],
    ["account-unknown", 404],
    ["period-invalid", 400],
    ["booking-status-unsupported", 400],
    ["error", 400],
  ] as const)("%s answers %i once, then the bank is well again", async (kind, status) => {
    expect((await hit(kind)).status).toBe(status);
    expect((await get()).status).toBe(200);
  });

  it("words Retry-After in four ways", async () => {
    const header = async (retryAfter: "seconds" | "date" | "absurd" | "absent") =>
      (await hit("rate-limited", { retryAfter })).headers.get("retry-after");
    expect(await header("seconds")).toBe("30");
    expect(Number.isNaN(Date.parse((await header("date")) ?? ""))).toBe(false);
    expect(await header("absurd")).toBe("99999999999");
    expect(await header("absent")).toBeNull();
  });

  it("cuts, hangs, delays, drips", async () => {
    set("connection-reset");
    await expect(get()).rejects.toThrow();
    set("reset-mid-body");
    await expect(get()).rejects.toThrow();
    set("hang");
    const headers = { "x-request-id": crypto.randomUUID(), "consent-id": consentId, authorization: `Bearer ${tpp.token}` };
    await expect(fetch(bank.baseUrl + path, { headers, signal: AbortSignal.timeout(200) })).rejects.toThrow();
    set("delay", { ms: 150 });
    const started = performance.now();
    await get();
    expect(performance.now() - started).toBeGreaterThan(140);
    set("drip", { ms: 20, bytes: 4000 });
    expect((await get()).status).toBe(200);
  });

  it("spoils the bytes", async () => {
    expect((await hit("wrong-content-type")).headers.get("content-type")).toBe("text/plain");
    expect((await hit("broken-json")).json).toEqual({});
    expect((await hit("truncated-json")).json).toEqual({});
    set("bom");
    expect((await rawGet()).body.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    set("latin1");
    expect((await rawGet()).headers["content-type"]).toContain("ISO-8859-1");
    set("false-gzip");
    const plain = await rawGet();
    expect([plain.headers["content-encoding"], plain.body.subarray(0, 1).toString()]).toEqual(["gzip", "{"]);
    set("gzip-bomb", { megabytes: 20 });
    const bomb = await rawGet();
    expect(bomb.body.length).toBeLessThan(100_000);
    expect(gunzipSync(bomb.body).length).toBe(20 * 1_048_576 + 2);
    expect(
      Math.abs(Date.parse((await hit("clock-skew", { minutes: 10 })).headers.get("date") ?? "") - bank.clock.nowMs() - 600_000),
    ).toBeLessThan(5000);
  });

  it("spoils the paging", async () => {
    const healthy = await get();
    const href = (next(healthy) as { href: string }).href;
    expect(next(await hit("next-loop"))).toEqual({ href: path });
    expect(next(await hit("next-null"))).toEqual({ href: null });
    expect(next(await hit("next-empty"))).toEqual({ href: "" });
    expect(next(await hit("next-string"))).toEqual({ href: "string" });
    expect(typeof next(await hit("next-bare"))).toBe("string");
    expect((next(await hit("next-relative")) as { href: string }).href).toMatch(/^v1\/accounts/);
    expect((next(await hit("next-other-host")) as { href: string }).href).toMatch(/^http:\/\/evil\.example\/v1/);
    expect((next(await hit("endless-cursor")) as { href: string }).href).toContain("cursor=1");
    const again = await hit("same-page-again");
    expect(booked(await get((next(again) as { href: string }).href))).toEqual(booked(again));
    const empty = await hit("empty-page-with-next");
    expect([booked(empty).length, booked(await get((next(empty) as { href: string }).href)).length]).toEqual([0, 100]);
    const overlapping = await hit("pages-overlap", { rows: 3 });
    const second = await get((next(overlapping) as { href: string }).href);
    expect(booked(second).slice(0, 3)).toEqual(booked(overlapping).slice(-3));
    const reordered = booked(await hit("page-reordered"));
    expect(reordered).not.toEqual(booked(healthy));
    expect(reordered).toHaveLength(100);
    expect(booked(await hit("page-duplicates"))).toHaveLength(103);
    expect(href).toContain("page=");
  });

  it("spoils the rows", async () => {
    const healthy = await get();
    expect(booked(await hit("ids-missing")).every((row) => row.transactionId === undefined)).toBe(true);
    expect(booked(await hit("ids-blank"))[0]?.transactionId).toBe(" ");
    expect(new Set(booked(await hit("ids-reused")).map((row) => row.transactionId)).size).toBe(1);
    expect(booked(await hit("ids-random"))[0]?.transactionId).not.toBe(booked(await hit("ids-random"))[0]?.transactionId);
    const changed = await hit("ids-change-at-booking");
    expect([booked(changed)[0]?.transactionId?.endsWith("-BOOKED"), pending(changed)]).toEqual([true, pending(healthy)]);
    expect(booked(await hit("references-missing"))[0]?.entryReference).toBeUndefined();
    expect(Object.keys(pending(await hit("pending-without-date"))[0] ?? {})).not.toContain("valueDate");
    expect(pending(healthy).length).toBeGreaterThan(0);
    expect(pending(await hit("pending-vanishes"))).toEqual([]);
    const amount = async (kind: FaultKind) =>
      String((await hit(kind)).text.match(/"amount":[^,}]*/g)?.find((text) => !text.includes('"-')));
    expect(typeof booked(await hit("amount-number"))[0]?.transactionAmount.amount).toBe("number");
    expect(booked(await hit("amount-plus")).some((row) => String(row.transactionAmount.amount).startsWith("+"))).toBe(true);
    expect(String(booked(await hit("amount-comma"))[0]?.transactionAmount.amount)).toContain(",");
    expect(String(booked(await hit("amount-spaces"))[0]?.transactionAmount.amount)).toMatch(/^ .* $/);
    expect(String(booked(await hit("amount-three-decimals"))[0]?.transactionAmount.amount)).toMatch(/\.\d{3}$/);
    expect(await amount("amount-null")).toContain("null");
    expect(booked(await hit("amount-unsigned")).some((row) => String(row.transactionAmount.amount).startsWith("-"))).toBe(false);
    expect((await hit("null-fields")).json["transactions"].booked[0].valueDate).toBeNull();
    expect((await hit("unknown-enum")).json["transactions"].booked[0].bankTransactionCode).toBe("ZZZZ");
    expect((await hit("extra-fields")).json["transactions"].booked[0].theirReference).toBe(7);
    expect(booked(await hit("bad-row")).filter((row) => row.bookingDate === "yesterday")).toHaveLength(1);
    expect(booked(await hit("history-shortened", { days: 5 })).length).toBeLessThan(100);
    expect(booked(await hit("history-rewritten"))).not.toEqual(booked(healthy));
  });

  it("matches by account, path, method, and begins after some requests", async () => {
    bank.admin.setFault(
      { kind: "http-500", account: "demo-savings", count: null },
      { kind: "http-503", path: "/balances$", method: "GET", after: 1 },
    );
    expect((await get()).status).toBe(200);
    const balances = path.replace(/\/transactions.*/, "/balances");
    expect([(await get(balances)).status, (await get(balances)).status, (await get(balances)).status]).toEqual([200, 503, 200]);
    expect(
      bank.admin
        .requests("balances")
        .slice(-3)
        .map((entry) => entry.faults),
    ).toEqual([[], ["http-503"], []]);
  });

  it("spoils tokens and redirects", async () => {
    const fresh = async () =>
      (await tpp.createConsent(GLOBAL_CONSENT, { "tpp-nok-redirect-uri": `${CALLBACK}?nok=1` })).json["consentId"] as string;
    const other = new TestTpp(bank);
    set("token-life-shorter", { seconds: 0 }, "token");
    const dead = await other.consentOf("anna");
    expect(codeOf(await other.call("/v1/accounts", { headers: { "consent-id": dead } }))).toBe("TOKEN_EXPIRED");
    const spent = other.refreshToken ?? "";
    set("token-answer-lost", undefined, "token");
    await expect(other.refresh(spent)).rejects.toThrow();
    expect((await other.refresh(spent)).json["error"]).toBe("invalid_grant");
    set("refresh-token-missing", undefined, "token");
    await other.consentOf("anna");
    expect(other.refreshToken).toBeUndefined();

    const back = async (kind: FaultKind) => {
      set(kind, undefined, "authorize-resume");
      return (await other.authorise(`AIS:${await fresh()}`, { user: "anna" })).redirectedTo;
    };
    expect((await back("redirect-without-state"))?.searchParams.get("state")).toBeNull();
    expect((await back("redirect-wrong-state"))?.searchParams.get("state")).toMatch(/^0+$/);
    expect((await back("redirect-without-code"))?.searchParams.get("code")).toBeNull();
    expect((await back("redirect-to-nok"))?.href).toBe(`${CALLBACK}?nok=1`);
    set("redirect-code-replayed", undefined, "authorize-resume");
    const replayed = await other.authorise(`AIS:${await fresh()}`, { user: "anna" });
    expect(replayed.answer?.json["error"]).toBe("invalid_grant");
  });

  it("keeps a consent's status back, and revokes it in the middle of a fetch", async () => {
    set("consent-status-slow", undefined, "consent-status");
    expect((await tpp.call(`/v1/consents/${consentId}/status`)).json["consentStatus"]).toBe("received");
    expect(codeOf(await hit("consent-revoked"))).toBe("CONSENT_INVALID");
    expect((await tpp.call(`/v1/consents/${consentId}/status`)).json["consentStatus"]).toBe("revokedByPsu");
  });

  it("has a test for every kind that a bank without signed answers can show", () => {
    expect(FAULT_KINDS.filter((kind) => !tried.has(kind) && !inGroup(SIGNATURE_FAULTS, kind))).toEqual([]);
  });

  function rawGet(): Promise<{ headers: Record<string, string | string[] | undefined>; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const headers = {
        "x-request-id": crypto.randomUUID(),
        "psu-ip-address": "192.0.2.1",
        "consent-id": consentId,
        authorization: `Bearer ${tpp.token}`,
      };
      const sent = request(bank.baseUrl + path, { headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
      });
      sent.on("error", reject).end();
    });
  }
});
