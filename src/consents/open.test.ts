import { describe, expect, it } from "vitest";
import { BankError } from "../domain/failure.ts";
import { MINUTE } from "../domain/time.ts";
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
