import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Account } from "../domain/account.ts";
import type { Consent } from "../domain/consent.ts";
import { BankError } from "../domain/failure.ts";
import { newId } from "../domain/ids.ts";
import { HOUR, MINUTE } from "../domain/time.ts";
import { START, startLife, type Life } from "./life.fixture.ts";

const signal = new AbortController().signal;
const down = () => new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "down");

async function withAccount(life: Life, consent: Consent, ownerName: string): Promise<Account> {
  const account: Account = {
    id: newId("acc", START), userId: consent.userId, consentId: consent.id, bankId: consent.bankId, resourceId: "r", connectorData: null, coverage: [],
    createdAt: START, updatedAt: START, name: "Current", ownerName, type: "CURRENT", product: null, status: "ACTIVE", currency: "EUR", iban: null,
    bban: null, sortCode: null, accountNumber: null, maskedPan: null, bic: null,
  }; // prettier-ignore
  await life.store.tx((tx) => tx.insertAccounts([account]));
  return account;
}

describe("deleting a consent", () => {
  it("ends it at the bank, erases everything, keeps ids in the log and answers with a receipt", async () => {
    await using life = await startLife();
    const consent = await life.given();
    const account = await withAccount(life, consent, "Canary Owner 7f3a");
    const outcome = await life.consents.erase(life.owner, consent.id, signal);
    expect(outcome).toMatchObject({
      ok: true,
      value: { id: expect.stringMatching(/^rec_/), bankRevocation: "DONE", consents: 1, accounts: 1, transactions: 0, completedAt: START },
    });
    expect(life.bank.calls).toContain("revoke tokens-1");
    expect(await life.store.consent(consent.id)).toBeNull();
    expect(await life.store.wrappedKey(consent.id)).toBeNull();
    const log = await life.store.changesOfUser(life.owner, life.user.id, { after: 0, kinds: null, limit: 10 });
    expect(log.map(({ type, subjectId }) => [type, subjectId])).toEqual([
      ["AccountDeleted", account.id],
      ["ConsentDeleted", consent.id],
    ]);
    expect(life.hints).toContainEqual({ topic: "consent", id: consent.id });
    const files = readdirSync(life.folder).map((file) => readFileSync(join(life.folder, file), "latin1"));
    expect(files.join("")).not.toContain("Canary Owner 7f3a");
    expect(await life.consents.erase(life.owner, consent.id, signal)).toMatchObject({ ok: false, refusals: [{ type: "NotFound" }] });
  });

  it("of another tenant is not to be found", async () => {
    await using life = await startLife();
    const consent = await life.given();
    const outcome = await life.consents.erase({ tenantId: "ten_other", userId: null }, consent.id, signal);
    expect(outcome).toMatchObject({ ok: false, refusals: [{ type: "NotFound" }] });
    expect(await life.read(consent.id)).toMatchObject({ status: "GIVEN" });
  });

  it.each<[string, (life: Life) => Promise<Consent>, string]>([
    ["that waits for the user", (life) => life.create(), "NOT_GIVEN"],
    [
      "that the user denied",
      async (life) => {
        const consent = await life.create();
        await life.comeBack({ error: "access_denied" });
        return consent;
      },
      "NOT_GIVEN",
    ],
    [
      "that the bank no longer knows",
      (life) => {
        life.bank.revoked = () => "ALREADY_ENDED";
        return life.given();
      },
      "ALREADY_ENDED",
    ],
    [
      "that has expired",
      async (life) => {
        life.bank.validFor = HOUR;
        const consent = await life.given();
        life.clock.advance(HOUR);
        await life.jobs.drain();
        return consent;
      },
      "ALREADY_ENDED",
    ],
  ])("%s says so in the receipt", async (_name, make, bankRevocation) => {
    await using life = await startLife();
    const { id } = await make(life);
    expect(await life.consents.erase(life.owner, id, signal)).toMatchObject({ ok: true, value: { bankRevocation } });
    expect(await life.store.consent(id)).toBeNull();
  });

  it("revokes what the user could still approve", async () => {
    await using life = await startLife();
    const { id } = await life.create();
    await life.consents.erase(life.owner, id, signal);
    await life.jobs.drain();
    expect(life.bank.calls).toContain("revoke opened-1");
    expect(await life.comeBack()).toMatchObject({ kind: "page", status: 400 });
  });

  it("does not wait for a bank that is down: the revocation goes on after the erasure, until it is done", async () => {
    await using life = await startLife();
    const consent = await life.given();
    life.bank.revoked = () => {
      throw down();
    };
    expect(await life.consents.erase(life.owner, consent.id, signal)).toMatchObject({ ok: true, value: { bankRevocation: "RETRYING" } });
    expect(await life.store.consent(consent.id)).toBeNull();
    for (let hour = 0; hour < 5; hour++) {
      await life.jobs.drain();
      life.clock.advance(HOUR);
    }
    expect(life.bank.calls.filter((call) => call === "revoke tokens-1").length).toBeGreaterThan(3);
    life.bank.revoked = () => "DONE";
    await life.jobs.drain();
    const tries = life.bank.count("revoke");
    life.clock.advance(HOUR);
    await life.jobs.drain();
    expect(life.bank.count("revoke")).toBe(tries);
  });

  it("gives up a revocation after three days", async () => {
    await using life = await startLife();
    const consent = await life.given();
    life.bank.revoked = () => {
      throw down();
    };
    await life.consents.erase(life.owner, consent.id, signal);
    await life.jobs.drain();
    life.clock.advance(72 * HOUR);
    await life.jobs.drain();
    const tries = life.bank.count("revoke");
    life.clock.advance(72 * HOUR);
    await life.jobs.drain();
    expect(life.bank.count("revoke")).toBe(tries);
  });

  it("revokes with a new token where the old one has died, and stores it before it is used", async () => {
    await using life = await startLife();
    const { id } = await life.create();
    life.bank.revoked = (handle) => {
      if (!handle.endsWith("/r")) throw new BankError("TOKEN_EXPIRED", "UNKNOWN", "401");
      return "DONE";
    };
    await life.consents.erase(life.owner, id, signal);
    await life.jobs.drain();
    expect(life.bank.calls.slice(-3)).toEqual(["revoke opened-1", "refresh opened-1", "revoke opened-1/r"]);
  });

  it("during the exchange ends at once, and the grant that arrives afterwards is revoked", async () => {
    await using life = await startLife();
    const { id } = await life.create();
    life.bank.complete = async () => {
      await life.consents.erase(life.owner, id, signal);
      return life.bank.given("too late");
    };
    expect(await life.comeBack()).toMatchObject({ kind: "page", status: 410 });
    await life.jobs.drain();
    expect(life.bank.calls).toContain("revoke too late");
    expect(await life.store.consent(id)).toBeNull();
  });
});

describe("deleting a user", () => {
  it("erases every consent and the user, and sums the receipt up", async () => {
    await using life = await startLife();
    const [first] = [await life.given(), await life.given(), await life.create()];
    if (first) await withAccount(life, first, "x");
    const outcome = await life.consents.eraseUser(life.owner, life.user.id, signal);
    expect(outcome).toMatchObject({ ok: true, value: { bankRevocation: "DONE", consents: 3, accounts: 1 } });
    expect((await life.store.usersByIds(life.owner, [life.user.id])).size).toBe(0);
    expect(life.hints).toContainEqual({ topic: "credentials" });
    expect(await life.consents.eraseUser(life.owner, life.user.id, signal)).toMatchObject({ ok: false, refusals: [{ type: "NotFound" }] });
    await life.jobs.drain();
    expect(life.bank.calls).toContain("revoke opened-3");
  });

  it("of a foreign tenant is not to be found", async () => {
    await using life = await startLife();
    const outcome = await life.consents.eraseUser({ tenantId: "ten_other", userId: null }, life.user.id, signal);
    expect(outcome).toMatchObject({ ok: false, refusals: [{ type: "NotFound" }] });
    life.clock.advance(MINUTE);
    expect((await life.store.usersByIds(life.owner, [life.user.id])).size).toBe(1);
  });
});
