import { describe, expect, it } from "vitest";
import { BankError } from "../domain/failure.ts";
import { DAY, MINUTE, SECOND } from "../domain/time.ts";
import { BANK, REDIRECT_URL, START, startLife } from "./life.fixture.ts";

const signal = new AbortController().signal;
const down = () => new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "down");

describe("the way back from the bank", () => {
  it("gives the consent, starts the wanted update in the same step and sends the browser on without code or state", async () => {
    await using life = await startLife();
    const consent = await life.create({ startUpdate: true });
    const answer = await life.comeBack({ code: "s3cret-code" });
    expect(answer).toEqual({ kind: "redirect", url: `${REDIRECT_URL}&consentId=${consent.id}&status=GIVEN` });
    const given = await life.read(consent.id);
    expect(given).toMatchObject({ status: "GIVEN", givenAt: START, validUntil: START + 180 * DAY, attention: "NONE" });
    expect(life.started).toEqual([consent.id]);
    expect(life.listed).toEqual([]); // the update reads them
    expect(await life.store.grant(given.currentGrantId ?? "gra_")).toMatchObject({ status: "CURRENT", authorizedAt: START });
    expect(await life.log()).toEqual(["ConsentChanged", "ConsentChanged"]);
    expect(JSON.stringify(life.logged)).not.toContain("s3cret-code");
  });

  it("has the accounts read at once where no update is wanted", async () => {
    await using life = await startLife();
    const { id } = await life.given({ startUpdate: false });
    expect([life.started, life.listed]).toEqual([[], [id]]);
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

  it("ends a day after it was begun for good: handle and memory are erased, the bank is told, and a return finds nothing", async () => {
    await using life = await startLife();
    const { id } = await life.create();
    const [grant] = await life.store.grantsOfConsent(id);
    if (!grant) throw new Error("no grant");
    life.clock.advance(24 * 60 * MINUTE - 1);
    await life.jobs.drain();
    expect(await life.store.grant(grant.id)).toMatchObject({ status: "OPENING", sealedHandle: expect.any(String) });
    const [before] = await life.store.attemptsOfGrant(grant);
    life.clock.advance(2 * MINUTE);
    await life.jobs.drain();
    expect(await life.store.grant(grant.id)).toMatchObject({ status: "ENDED", sealedHandle: null });
    const [after] = await life.store.attemptsOfGrant(grant);
    expect((after?.sealed ?? "").length).toBeLessThan((before?.sealed ?? "").length - 150);
    expect(life.bank.calls).toContain("revoke opened-1");
    expect(await life.comeBack()).toMatchObject({ kind: "page", status: 409 });
    expect(await life.read(id)).toMatchObject({ status: "FAILED", statusReason: "AUTHORIZATION_TIMED_OUT" });
  });

  it("that somebody came back to late is not ended after a day", async () => {
    await using life = await startLife();
    const { id } = await life.create();
    life.clock.advance(60 * MINUTE);
    await life.jobs.drain();
    await life.comeBack();
    life.clock.advance(25 * 60 * MINUTE);
    await life.jobs.drain();
    expect(await life.read(id)).toMatchObject({ status: "GIVEN" });
    expect(await life.store.grantsOfConsent(id)).toMatchObject([{ status: "CURRENT", sealedHandle: expect.any(String) }]);
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
