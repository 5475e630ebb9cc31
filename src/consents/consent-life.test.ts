import { describe, expect, it } from "vitest";
import { BankError } from "../domain/failure.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../domain/time.ts";
import { BANK, REDIRECT_URL, START, startLife, type Life } from "./life.fixture.ts";

const signal = new AbortController().signal;
const down = () => new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "down");

describe("opening a consent", () => {
  it("stores what the bank answered and hands out the URL while the attempt waits", async () => {
    await using life = await startLife();
    const consent = await life.create();
    expect(consent).toMatchObject({ status: "REQUESTED", statusReason: null, scopes: ["ACCOUNTS", "BALANCES"], version: 1 });
    const urls = () => life.consents.authorizationUrls(life.owner, [consent.id]);
    expect([...(await urls())]).toEqual([[consent.id, "https://bank.example/sca/1"]]);
    expect(await life.log()).toEqual(["ConsentChanged"]);
    expect(life.hints).toContainEqual({ topic: "consent", id: consent.id });
    life.clock.advance(30 * MINUTE);
    expect([...(await urls())]).toEqual([]);
  });

  it("ends the attempt when the bank does, if that is sooner", async () => {
    await using life = await startLife();
    life.bank.opened = { expiresAt: START + 5 * MINUTE };
    const consent = await life.create();
    life.clock.advance(5 * MINUTE);
    expect([...(await life.consents.authorizationUrls(life.owner, [consent.id]))]).toEqual([]);
  });

  it("asks a bank that is down three times, then leaves a FAILED consent that a renewal revives with the same id", async () => {
    await using life = await startLife();
    life.bank.openFails = [down(), down(), down()];
    const outcome = await life.consents.create(life.request(), signal);
    if (outcome.ok || !outcome.value) throw new Error("no failed consent");
    expect(outcome.refusals).toMatchObject([{ type: "BankUnavailable", error: { code: "BANK_UNAVAILABLE", retryable: true } }]);
    expect(await life.read(outcome.value.id)).toMatchObject({ status: "FAILED", statusReason: "BANK_UNAVAILABLE" });
    expect(life.bank.count("openGrant")).toBe(3);
    const renewed = await life.consents.renew(life.owner, outcome.value.id, null, null, signal);
    expect(renewed).toMatchObject({ ok: true, value: { id: outcome.value.id, status: "FAILED" } });
    await life.comeBack();
    expect(await life.read(outcome.value.id)).toMatchObject({ status: "GIVEN", statusReason: null });
  });

  it("does not repeat what the bank refuses", async () => {
    await using life = await startLife();
    life.bank.openFails = [new BankError("BAD_REQUEST", "UNKNOWN", "no")];
    const outcome = await life.consents.create(life.request(), signal);
    expect(outcome).toMatchObject({ ok: false, value: { status: "FAILED", statusReason: "BANK_REJECTED" } });
    expect(life.bank.count("openGrant")).toBe(1);
  });

  it("answers a repeated idempotency key with the same consent, also for twenty at once", async () => {
    await using life = await startLife();
    const made = await Promise.all(Array.from({ length: 20 }, () => life.create({ idempotencyKey: "k" })));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect((await life.create({ idempotencyKey: "k" })).id).toBe(made[0]?.id);
    await life.jobs.drain();
    expect(life.bank.count("revoke")).toBe(life.bank.count("openGrant") - 1);
    const other = await life.consents.create(life.request({ idempotencyKey: "k", redirectUrl: "https://other.example/" }), signal);
    expect(other).toMatchObject({ ok: false, refusals: [{ type: "Conflict", path: ["idempotencyKey"] }] });
  });

  it.each<[string, Parameters<Life["request"]>[0], object]>([
    ["an unknown user", { userId: "usr_none" }, { type: "NotFound", path: ["user"] }],
    ["another tenant's user", { owner: { tenantId: "ten_other", userId: null } }, { type: "NotFound", path: ["user"] }],
    ["a scope that the bank lacks", { scopes: ["ACCOUNTS", "IDENTITY"] }, { type: "ScopeNotSupported", supported: BANK.scopes }],
    ["no scope", { scopes: [] }, { type: "InvalidInput", path: ["scopes"] }],
    ["a kind of user that the bank lacks", { psuType: "BUSINESS" }, { type: "InvalidInput", path: ["psuType"] }],
  ])("refuses %s without asking the bank", async (_name, more, refusal) => {
    await using life = await startLife();
    const outcome = await life.consents.create(life.request(more), signal);
    expect(outcome.ok ? [] : outcome.refusals).toContainEqual(expect.objectContaining(refusal));
    expect(life.bank.calls).toEqual([]);
  });

  it("refuses every redirect URL that is not letter by letter a registered one", async () => {
    await using life = await startLife();
    const variants = [
      "https://app.example/bank", "https://app.example/bank?tab=1#x", "https://app.example/bank?tab=1&x=2", "https://app.example/bank/?tab=1",
      "https://APP.example/bank?tab=1", "https://app.example:443/bank?tab=1", "https://app.example./bank?tab=1", "https://app.example/Bank?tab=1",
      "https://app.example/./bank?tab=1", "https://app.example/a/../bank?tab=1", "https://app.example/%62ank?tab=1", "https://app.example//bank?tab=1",
      "http://app.example/bank?tab=1", "https://user@app.example/bank?tab=1", "https://app.example@evil.example/bank?tab=1",
      "https://app.example.evil.example/bank?tab=1", "https://evil.example/?u=https://app.example/bank?tab=1", "https:/app.example/bank?tab=1",
      "https:app.example/bank?tab=1", "//app.example/bank?tab=1", "https:\\\\app.example\\bank?tab=1", "https://app.example\\@evil.example/bank?tab=1",
      " https://app.example/bank?tab=1", "https://app.example/bank?tab=1 ", "https://app.example/bank?tab=1\n", "https://app.example/bank?tab=1%00",
      "https://аpp.example/bank?tab=1", "https://app.example/bank?TAB=1", "https://app.example/bank?tab=1?", "javascript:alert(1)", "",
    ]; // prettier-ignore
    for (const redirectUrl of variants) {
      const outcome = await life.consents.create(life.request({ redirectUrl }), signal);
      expect(outcome, redirectUrl).toMatchObject({
        ok: false,
        refusals: [{ type: "RedirectUrlNotRegistered", registered: [REDIRECT_URL] }],
      });
    }
    expect(life.bank.calls).toEqual([]);
  });
});

describe("the way back from the bank", () => {
  it("gives the consent, starts the wanted update in the same step and sends the browser on without code or state", async () => {
    await using life = await startLife();
    const consent = await life.create({ startUpdate: true });
    const answer = await life.comeBack({ code: "s3cret-code" });
    expect(answer).toEqual({ kind: "redirect", url: `${REDIRECT_URL}&consentId=${consent.id}&status=GIVEN` });
    const given = await life.read(consent.id);
    expect(given).toMatchObject({ status: "GIVEN", givenAt: START, validUntil: START + 180 * DAY, attention: "NONE" });
    expect(life.started).toEqual([consent.id]);
    expect(await life.store.grant(given.currentGrantId ?? "gra_")).toMatchObject({ status: "CURRENT", authorizedAt: START });
    expect(await life.log()).toEqual(["ConsentChanged", "ConsentChanged"]);
    expect(JSON.stringify(life.logged)).not.toContain("s3cret-code");
  });

  it("makes one exchange of a hundred parallel callbacks and shows all others that the link was used", async () => {
    await using life = await startLife();
    await life.create();
    const answers = await Promise.all(Array.from({ length: 100 }, () => life.comeBack()));
    expect(life.bank.count("completeGrant")).toBe(1);
    expect(answers.filter(({ kind }) => kind === "redirect")).toHaveLength(1);
    expect(answers.filter((answer) => answer.kind === "page" && answer.status === 409)).toHaveLength(99);
    expect(life.logged).toContainEqual(expect.objectContaining({ audit: "callback", refused: "used state" }));
  });

  it.each([{}, { state: "" }, { state: "unknown" }])("shows a page for %j and audits it", async (parameters) => {
    await using life = await startLife();
    const answer = await life.consents.returned(BANK.id, { code: "c", ...parameters }, null, signal);
    expect(answer).toMatchObject({ kind: "page", status: 400 });
    expect(life.logged).toContainEqual(expect.objectContaining({ audit: "callback" }));
    expect(life.bank.calls).toEqual([]);
  });

  it("fails a consent whose state comes back at another bank's address, without an exchange", async () => {
    await using life = await startLife();
    const { id } = await life.create();
    const answer = await life.comeBack({ code: "c" }, "bank-two");
    expect(answer).toMatchObject({ kind: "redirect", url: expect.stringContaining("status=FAILED&error=STATE_MISMATCH") });
    expect(await life.read(id)).toMatchObject({ status: "FAILED", statusReason: "STATE_MISMATCH" });
    expect(life.bank.count("completeGrant")).toBe(0);
    expect(await life.comeBack()).toMatchObject({ kind: "page", status: 409 });
  });

  it.each<[string, Record<string, string>, "USER_DENIED" | "BANK_REJECTED"]>([
    ["the user denied", { error: "access_denied" }, "USER_DENIED"],
    ["the bank rejected", { error: "other" }, "BANK_REJECTED"],
  ])("rejects the consent when %s", async (_name, parameters, reason) => {
    await using life = await startLife();
    life.bank.complete = () => ({ outcome: "DENIED", reason: "BANK_REJECTED" });
    const { id } = await life.create();
    const answer = await life.comeBack(parameters);
    expect(answer).toMatchObject({ kind: "redirect", url: expect.stringMatching(new RegExp(`status=REJECTED&error=${reason}$`)) });
    expect(await life.read(id)).toMatchObject({ status: "REJECTED", statusReason: reason, currentGrantId: null });
  });

  it("fails the consent when the exchange fails, keeps no token and revokes what the bank may hold", async () => {
    await using life = await startLife();
    life.bank.complete = () => {
      throw new BankError("PROTOCOL", "BANK_BAD_RESPONSE", "html");
    };
    const { id } = await life.create();
    expect(await life.comeBack()).toMatchObject({ url: expect.stringContaining("error=CODE_EXCHANGE_FAILED") });
    expect(await life.read(id)).toMatchObject({ status: "FAILED", statusReason: "CODE_EXCHANGE_FAILED" });
    expect(await life.store.grantsOfConsent(id)).toMatchObject([{ status: "ENDED", sealedHandle: null }]);
    await life.jobs.drain();
    expect(life.bank.calls).toContain("revoke opened-1");
  });

  it("times out after half an hour, and a late return still wins", async () => {
    await using life = await startLife();
    const { id } = await life.create();
    life.clock.advance(29 * MINUTE);
    await life.jobs.drain();
    expect(await life.read(id)).toMatchObject({ status: "REQUESTED" });
    life.clock.advance(2 * MINUTE);
    await life.jobs.drain();
    expect(await life.read(id)).toMatchObject({ status: "FAILED", statusReason: "AUTHORIZATION_TIMED_OUT" });
    await life.comeBack();
    expect(await life.read(id)).toMatchObject({ status: "GIVEN" });
    expect(await life.comeBack()).toMatchObject({ kind: "page", status: 409 });
  });

  it("sends the browser through a second leg with the same state, each leg once", async () => {
    await using life = await startLife();
    const { id } = await life.create();
    life.bank.complete = () => ({ outcome: "CONTINUE", handle: life.bank.handle("leg-2"), authorizationUrl: "https://bank.example/leg-2" });
    expect(await life.comeBack({ code: "one" })).toEqual({ kind: "redirect", url: "https://bank.example/leg-2" });
    expect([...(await life.consents.authorizationUrls(life.owner, [id])).values()]).toEqual(["https://bank.example/leg-2"]);
    life.bank.complete = () => life.bank.given();
    expect(await life.comeBack({ code: "one" })).toMatchObject({ kind: "page", status: 409 });
    expect(await life.read(id)).toMatchObject({ status: "REQUESTED" });
    await life.comeBack({ code: "two" });
    expect(await life.read(id)).toMatchObject({ status: "GIVEN" });
  });

  it("asks the bank with growing pauses until a second signatory has decided", async () => {
    await using life = await startLife();
    const { id } = await life.create();
    life.bank.complete = () => ({ outcome: "PENDING", handle: life.bank.handle("half") });
    life.bank.state = () => ({ status: "REQUESTED" });
    expect(await life.comeBack()).toMatchObject({ url: expect.stringMatching(/status=REQUESTED$/) });
    const asked: number[] = [];
    for (let second = 1; second <= 20; second++) {
      life.clock.advance(SECOND);
      await life.jobs.drain();
      if (life.bank.count("grantState") > asked.length) asked.push(second);
    }
    expect(asked).toEqual([1, 2, 4, 7, 12, 17]);
    expect(await life.comeBack()).toMatchObject({ kind: "page", status: 409 });
    life.bank.state = () => ({ status: "GIVEN", validUntil: null });
    life.bank.complete = () => life.bank.given("whole");
    life.clock.advance(5 * SECOND);
    await life.jobs.drain();
    expect(await life.read(id)).toMatchObject({ status: "GIVEN" });
  });

  it("gives a decoupled consent without any browser, and rejects one that the bank rejects", async () => {
    await using life = await startLife();
    life.bank.opened = { decoupled: true };
    const first = await life.create();
    life.clock.advance(SECOND);
    await life.jobs.drain();
    expect(await life.read(first.id)).toMatchObject({ status: "GIVEN" });
    life.bank.state = () => ({ status: "REJECTED" });
    const second = await life.create();
    life.clock.advance(SECOND);
    await life.jobs.drain();
    expect(await life.read(second.id)).toMatchObject({ status: "REJECTED", statusReason: "BANK_REJECTED" });
  });

  it("ends a poll with the attempt when nobody decides", async () => {
    await using life = await startLife();
    life.bank.opened = { decoupled: true, expiresAt: START + 10 * SECOND };
    life.bank.state = () => {
      throw down();
    };
    const { id } = await life.create();
    for (let second = 1; second <= 10; second++) {
      life.clock.advance(SECOND);
      await life.jobs.drain();
    }
    expect(await life.read(id)).toMatchObject({ status: "FAILED", statusReason: "AUTHORIZATION_TIMED_OUT" });
  });

  it("fails an exchange that died with its process", async () => {
    await using life = await startLife();
    const { id } = await life.create();
    life.bank.complete = () => new Promise(() => undefined); // the process is gone before the bank answers
    void life.comeBack();
    await expect.poll(() => life.bank.count("completeGrant")).toBe(1);
    life.clock.advance(2 * MINUTE);
    await life.jobs.drain();
    expect(await life.read(id)).toMatchObject({ status: "FAILED", statusReason: "CODE_EXCHANGE_FAILED" });
  });
});

describe("renewal and ends", () => {
  it("keeps the consent and the running grant until the new one is given, then ends the old one at the bank", async () => {
    await using life = await startLife();
    const before = await life.given();
    life.clock.advance(HOUR);
    const renewed = await life.consents.renew(life.owner, before.id, null, null, signal);
    expect(renewed).toMatchObject({ ok: true, value: { id: before.id, status: "GIVEN", currentGrantId: before.currentGrantId } });
    expect((await life.consents.authorizationUrls(life.owner, [before.id])).get(before.id)).toBe("https://bank.example/sca/2");
    await life.jobs.drain();
    expect(life.bank.count("revoke")).toBe(0);
    await life.comeBack();
    const after = await life.read(before.id);
    expect(after).toMatchObject({ status: "GIVEN", statusChangedAt: before.statusChangedAt, givenAt: START + HOUR });
    expect(after.currentGrantId).not.toBe(before.currentGrantId);
    await life.jobs.drain();
    expect(life.bank.calls.filter((call) => call.startsWith("revoke"))).toEqual(["revoke tokens-1"]);
    expect(await life.store.grant(before.currentGrantId ?? "gra_")).toMatchObject({ status: "ENDED", sealedHandle: null });
  });

  it("does not revoke a grant that the bank re-authenticated", async () => {
    await using life = await startLife();
    const { id } = await life.given();
    life.bank.opened = { sameGrant: true };
    await life.consents.renew(life.owner, id, null, null, signal);
    await life.comeBack();
    await life.jobs.drain();
    expect(life.bank.count("revoke")).toBe(0);
  });

  it.each<[string, (life: Life) => Promise<unknown>]>([
    ["denied", (life) => life.comeBack({ error: "access_denied" })],
    ["never finished", async (life) => (life.clock.advance(HOUR), life.jobs.drain())],
  ])("changes nothing when a renewal is %s", async (_name, end) => {
    await using life = await startLife();
    const { id } = await life.given();
    const opened = await life.consents.renew(life.owner, id, null, null, signal);
    await end(life);
    expect(await life.read(id)).toEqual(opened.value);
  });

  it("warns once fourteen days before the end, expires at the end, and renews under the same id", async () => {
    await using life = await startLife();
    const { id } = await life.given();
    life.clock.advance(166 * DAY - MINUTE);
    await life.jobs.drain();
    expect((await life.read(id)).attention).toBe("NONE");
    life.clock.advance(MINUTE);
    await life.jobs.drain();
    life.clock.advance(MINUTE);
    await life.jobs.drain();
    expect(await life.read(id)).toMatchObject({ status: "GIVEN", attention: "EXPIRING_SOON" });
    expect(await life.log()).toHaveLength(3);
    life.clock.advance(14 * DAY);
    await life.jobs.drain();
    expect(await life.read(id)).toMatchObject({
      status: "EXPIRED",
      statusReason: "VALIDITY_ENDED",
      attention: "RENEWAL_REQUIRED",
      currentGrantId: null,
    });
    expect(await life.log()).toHaveLength(4);
    await life.consents.renew(life.owner, id, null, null, signal);
    await life.comeBack();
    expect(await life.read(id)).toMatchObject({ id, status: "GIVEN", attention: "NONE" });
  });

  it("believes a bank that says a newer consent ended the older one, and leaves it when the bank says it lives", async () => {
    await using life = await startLife();
    const first = await life.given();
    const second = await life.given();
    await life.jobs.drain();
    expect(await life.read(first.id)).toMatchObject({ status: "GIVEN" });
    life.bank.state = (handle) => ({ status: handle === "tokens-3" ? "UNKNOWN" : "REVOKED" });
    const third = await life.given();
    await life.jobs.drain();
    for (const { id } of [first, second])
      expect(await life.read(id)).toMatchObject({ status: "REVOKED", statusReason: "SUPERSEDED", attention: "NONE" });
    expect(await life.read(third.id)).toMatchObject({ status: "GIVEN" });
  });

  it("sets a schedule within the bank's allowance only", async () => {
    await using life = await startLife();
    const { id } = await life.given();
    expect(await life.consents.setSchedule(life.owner, id, 4)).toMatchObject({
      ok: true,
      value: { timesPerDay: 4, nextRunAt: START + 6 * HOUR },
    });
    for (const wrong of [5, -1, 1.5]) expect(await life.consents.setSchedule(life.owner, id, wrong)).toMatchObject({ ok: false });
    expect(await life.consents.setSchedule(life.owner, id, 0)).toMatchObject({ ok: true, value: { nextRunAt: null } });
    expect(await life.consents.setSchedule({ tenantId: "ten_x", userId: null }, id, 1)).toMatchObject({ refusals: [{ type: "NotFound" }] });
  });

  it("calls the scheduler with every sweep and goes on a minute later", async () => {
    await using life = await startLife();
    await life.jobs.drain();
    life.clock.advance(MINUTE);
    await life.jobs.drain();
    expect(life.started).toEqual(["due", "due"]);
  });
});
