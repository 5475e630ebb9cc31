import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../domain/time.ts";
import { START, startLife, type Life } from "./life.fixture.ts";

const signal = new AbortController().signal;

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
