import { describe, expect, it } from "vitest";
import type { Consent } from "../domain/consent.ts";
import { BankError } from "../domain/failure.ts";
import { DAY, HOUR, MINUTE } from "../domain/time.ts";
import type { OpenGrant } from "./grants.ts";
import { startLife, type Life } from "./life.fixture.ts";
import type { ConsentService } from "./index.ts";

const signal = new AbortController().signal;

async function open(life: Life, consent: Consent, service: ConsentService = life.consents): Promise<OpenGrant> {
  const grant = await service.grants.open(consent, null);
  if (!grant) throw new Error("no grant");
  return grant;
}

/** Calls the bank and answers the token that was used. */
function token(grant: OpenGrant): Promise<string> {
  return grant.call(async ({ handle }) => handle.data.reveal(), signal);
}

describe("token keeping", () => {
  it("uses a live token as it is, and refreshes one that dies within a minute before the call", async () => {
    await using life = await startLife();
    const grant = await open(life, await life.given());
    life.clock.advance(58 * MINUTE);
    expect(await token(grant)).toBe("tokens-1");
    life.clock.advance(MINUTE + 1);
    expect(await token(grant)).toBe("tokens-1/r");
    expect(life.bank.count("refresh")).toBe(1);
  });

  it("refreshes once for fifty parallel calls of two processes", async () => {
    await using life = await startLife();
    const consent = await life.given();
    const other = life.another();
    const grants = await Promise.all(Array.from({ length: 50 }, (_, index) => open(life, consent, index % 2 ? other : life.consents)));
    life.clock.advance(2 * HOUR);
    expect(new Set(await Promise.all(grants.map(token)))).toEqual(new Set(["tokens-1/r"]));
    expect(life.bank.count("refresh")).toBe(1);
  });

  it("has stored the new token before the first call uses it", async () => {
    await using life = await startLife();
    const consent = await life.given();
    const grant = await open(life, consent);
    const before = await life.store.grant(grant.grant.id);
    life.clock.advance(2 * HOUR);
    const stored = await grant.call(async () => life.store.grant(grant.grant.id), signal);
    expect(stored?.sealedHandle).not.toBe(before?.sealedHandle);
    expect(await token(await open(life, consent))).toBe("tokens-1/r");
  });

  it("repeats a call once with a new token when the bank ends tokens early", async () => {
    await using life = await startLife();
    const grant = await open(life, await life.given());
    const used: string[] = [];
    const answer = await grant.call(async ({ handle }) => {
      used.push(handle.data.reveal());
      if (used.length === 1) throw new BankError("TOKEN_EXPIRED", "UNKNOWN", "early");
      return "data";
    }, signal);
    expect([answer, used]).toEqual(["data", ["tokens-1", "tokens-1/r"]]);
  });

  it("keeps the lost answer's consent out of a loop: the next refresh is refused, and a renewal is required", async () => {
    await using life = await startLife();
    const consent = await life.given();
    life.clock.advance(2 * HOUR);
    // A process dies between the bank's answer and the commit: its lease stays in the row, the refresh token is spent.
    const dead = await open(life, consent);
    await life.store.tx((tx) => tx.leaseRefresh(dead.grant.id, "dead process", life.clock.now(), life.clock.now() + MINUTE));
    life.bank.refreshed = () => {
      throw new BankError("CONSENT_INVALID", "CONSENT_INVALID", "invalid_grant");
    };
    life.clock.advance(MINUTE);
    await expect(token(await open(life, consent))).rejects.toMatchObject({ failure: "CONSENT_INVALID", code: "CONSENT_EXPIRED" });
    const ended = await life.read(consent.id);
    expect(ended).toMatchObject({ status: "EXPIRED", attention: "RENEWAL_REQUIRED", currentGrantId: null });
    expect(await life.consents.grants.open(ended, null)).toBeNull();
    await expect(token(dead)).rejects.toMatchObject({ failure: "BANK_TEMPORARY" });
    expect(life.bank.count("refresh")).toBe(1);
  });

  it("frees the lease when the bank is down in a refresh, so that the next try need not wait for it", async () => {
    await using life = await startLife();
    const grant = await open(life, await life.given());
    life.clock.advance(2 * HOUR);
    const down = new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "down");
    life.bank.refreshed = () => {
      throw down;
    };
    await expect(token(grant)).rejects.toBe(down);
    life.bank.refreshed = () => life.bank.handle("fresh");
    expect(await token(grant)).toBe("fresh");
  });

  it("finishes and stores a refresh although the caller gave up meanwhile", async () => {
    await using life = await startLife();
    const consent = await life.given();
    const grant = await open(life, consent);
    life.clock.advance(2 * HOUR);
    const caller = new AbortController();
    life.bank.refreshed = (handle) => {
      caller.abort();
      return life.bank.handle(`${handle}/r`);
    };
    await grant.call(async () => undefined, caller.signal).catch(() => undefined);
    expect(await token(await open(life, consent))).toBe("tokens-1/r");
    expect(life.bank.count("refresh")).toBe(1);
  });
});

describe("an ended grant", () => {
  const refuse = (grant: OpenGrant) =>
    grant.call(() => Promise.reject(new BankError("CONSENT_INVALID", "CONSENT_INVALID", "403", { bankCode: "X" })), signal);

  it.each([
    ["EXPIRED", "CONSENT_EXPIRED", "EXPIRED", "VALIDITY_ENDED"],
    ["REVOKED", "CONSENT_REVOKED", "REVOKED", "REVOKED_AT_BANK"],
    ["REJECTED", "CONSENT_REVOKED", "REVOKED", "REVOKED_AT_BANK"],
  ] as const)("is believed when the bank's own status says %s", async (state, code, status, statusReason) => {
    await using life = await startLife();
    const consent = await life.given();
    life.bank.state = () => ({ status: state });
    await expect(refuse(await open(life, consent))).rejects.toMatchObject({ failure: "CONSENT_INVALID", code });
    expect(await life.read(consent.id)).toMatchObject({ status, statusReason, attention: "RENEWAL_REQUIRED" });
    expect(life.bank.count("grantState")).toBe(1);
    expect(await life.log()).toHaveLength(3);
  });

  it.each<[string, () => { status: "GIVEN"; validUntil: null } | { status: "UNKNOWN" }]>([
    ["says it is in force", () => ({ status: "GIVEN", validUntil: null })],
    ["does not know", () => ({ status: "UNKNOWN" })],
    [
      "is down",
      () => {
        throw new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "down");
      },
    ],
  ])("is not believed on one 403 when the bank's status %s", async (_name, state) => {
    await using life = await startLife();
    const consent = await life.given();
    life.bank.state = state;
    await expect(refuse(await open(life, consent))).rejects.toMatchObject({ code: "ACCOUNT_NOT_ACCESSIBLE", bankCode: "X" });
    expect(await life.read(consent.id)).toMatchObject({ status: "GIVEN" });
  });

  it("of a consent that was renewed meanwhile does not touch the renewed consent", async () => {
    await using life = await startLife();
    const consent = await life.given();
    const old = await open(life, consent);
    await life.consents.renew(life.owner, consent.id, null, null, signal);
    await life.comeBack();
    life.bank.state = () => ({ status: "REVOKED" });
    await expect(refuse(old)).rejects.toMatchObject({ failure: "BANK_TEMPORARY" });
    expect(await life.read(consent.id)).toMatchObject({ status: "GIVEN" });
  });

  it("leaves other failures to the caller", async () => {
    await using life = await startLife();
    const grant = await open(life, await life.given());
    const quota = new BankError("RATE_LIMITED", "QUOTA_EXCEEDED", "429");
    await expect(grant.call(() => Promise.reject(quota), signal)).rejects.toBe(quota);
    expect(life.bank.count("grantState")).toBe(0);
  });
});

describe("tokens at rest", () => {
  it("do not open in another consent's row, nor in another grant's row of the same consent", async () => {
    await using life = await startLife();
    const [first, second] = [await life.given(), await life.given()];
    const rows = await Promise.all([first, second].map(({ currentGrantId }) => life.store.grant(currentGrantId ?? "gra_")));
    const [mine, theirs] = rows;
    if (!mine || !theirs) throw new Error("no grants");
    await life.store.tx(async (tx) => {
      await tx.patchGrant(mine.id, { sealedHandle: theirs.sealedHandle });
      await tx.patchGrant(theirs.id, { sealedHandle: mine.sealedHandle });
    });
    for (const consent of [first, second])
      await expect(life.consents.grants.open(consent, null)).rejects.toMatchObject({ name: "SealBroken" });

    const third = await life.given();
    await life.consents.renew(life.owner, third.id, null, null, signal);
    const grants = await life.store.grantsOfConsent(third.id);
    const current = grants.find(({ status }) => status === "CURRENT");
    const opening = grants.find(({ status }) => status === "OPENING");
    if (!current || !opening) throw new Error("no grants");
    await life.store.tx((tx) => tx.patchGrant(current.id, { sealedHandle: opening.sealedHandle }));
    await expect(life.consents.grants.open(third, null)).rejects.toMatchObject({ name: "SealBroken" });
  });

  it("open again after all when nothing was moved, and never stand in the row in plain text", async () => {
    await using life = await startLife();
    const consent = await life.given();
    const row = await life.store.grant(consent.currentGrantId ?? "gra_");
    expect(row?.sealedHandle).not.toContain("tokens");
    life.clock.advance(DAY);
    expect(await token(await open(life, consent))).toBe("tokens-1/r");
  });
});
