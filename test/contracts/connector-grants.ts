import { expect } from "vitest";
import { bankErrorOf, iban, PSU, type Clause } from "./connector-bench.ts";

const ACCOUNT = () => ({ id: `acc-${iban()}`, iban: iban() });

export const grantClauses: readonly Clause[] = [
  {
    id: "GR-01",
    name: "MUST give a grant after the person approved, with the end that the bank granted",
    async check(bench) {
      const user = bench.person([ACCOUNT()]);
      const { opened, returned } = await bench.open();
      expect((await bench.connector.grantState({ handle: opened.handle, psu: PSU }, bench.signal)).status).toBe("REQUESTED");
      const parameters = await bench.decide(opened.authorizationUrl, user);
      const done = await bench.connector.completeGrant({ ...returned, parameters }, bench.signal);
      expect(done.outcome).toBe("GIVEN");
      const validUntil = done.outcome === "GIVEN" ? (done.validUntil ?? 0) : 0;
      const days = (validUntil - bench.clock.now()) / 86_400_000;
      expect(days).toBeGreaterThan(88);
      expect(days).toBeLessThanOrEqual(91);
    },
  },
  {
    id: "GR-02",
    name: "MUST answer the person's refusal as DENIED by the user",
    async check(bench) {
      const user = bench.person([ACCOUNT()]);
      const { opened, returned } = await bench.open();
      const parameters = await bench.decide(opened.authorizationUrl, user, "refuse");
      const done = await bench.connector.completeGrant({ ...returned, parameters }, bench.signal);
      expect(done).toEqual({ outcome: "DENIED", reason: "USER_DENIED" });
    },
  },
  {
    id: "GR-03",
    name: "MUST NOT take a redirect without proof for a grant",
    async check(bench) {
      const { returned } = await bench.open();
      const parameters = { state: returned.state };
      const outcome = await bench.connector.completeGrant({ ...returned, parameters }, bench.signal).then(
        (done) => done.outcome,
        () => "ERROR",
      );
      expect(outcome).not.toBe("GIVEN");
    },
  },
  {
    id: "GR-04",
    name: "MUST answer PENDING while a second signature is missing, and GIVEN after it",
    needs: "pending-grant",
    async check(bench) {
      const user = bench.person([ACCOUNT()], { needsSecondSignature: true });
      const { opened, returned } = await bench.open();
      const parameters = await bench.decide(opened.authorizationUrl, user);
      const done = await bench.connector.completeGrant({ ...returned, parameters }, bench.signal);
      expect(done.outcome).toBe("PENDING");
      if (done.outcome !== "PENDING") return;
      expect((await bench.connector.grantState({ handle: done.handle, psu: PSU }, bench.signal)).status).toBe("REQUESTED");
      bench.bank.admin.cosign(bench.consentIdOf(done.handle));
      expect((await bench.connector.grantState({ handle: done.handle, psu: PSU }, bench.signal)).status).toBe("GIVEN");
    },
  },
  {
    id: "GR-05",
    name: "MUST answer PENDING, keeping what it holds, while the bank has not decided yet",
    needs: "consent-status",
    async check(bench) {
      const user = bench.person([ACCOUNT()]);
      const { opened, returned } = await bench.open();
      const parameters = await bench.decide(opened.authorizationUrl, user);
      bench.bank.admin.setFault({ kind: "consent-status-slow", operation: "consent-status", count: null });
      const done = await bench.connector.completeGrant({ ...returned, parameters }, bench.signal);
      expect(done.outcome).toBe("PENDING");
      bench.bank.admin.clearFaults();
      if (done.outcome !== "PENDING") return;
      const again = await bench.connector.completeGrant({ ...returned, handle: done.handle, parameters: {} }, bench.signal);
      expect(again.outcome).toBe("GIVEN");
      if (again.outcome !== "GIVEN") return;
      expect((await bench.connector.accounts({ handle: again.handle, psu: PSU }, bench.signal)).accounts).toHaveLength(1);
    },
  },
  {
    id: "GR-06",
    name: "MUST keep the tokens when the bank cannot be asked after the exchange",
    needs: "proof-call",
    async check(bench) {
      const user = bench.person([ACCOUNT()]);
      const { opened, returned } = await bench.open();
      const parameters = await bench.decide(opened.authorizationUrl, user);
      bench.bank.admin.setFault({ kind: "http-503", operation: bench.operations.proof, count: null });
      const done = await bench.connector.completeGrant({ ...returned, parameters }, bench.signal);
      bench.bank.admin.clearFaults();
      expect(done.outcome).toBe("PENDING");
      if (done.outcome !== "PENDING") return;
      const again = await bench.connector.completeGrant({ ...returned, handle: done.handle, parameters: {} }, bench.signal);
      expect(again.outcome).toBe("GIVEN");
    },
  },
  {
    id: "GR-07",
    name: "MUST report a grant that the person took back at the bank as REVOKED",
    async check(bench) {
      const handle = await bench.grant(bench.person([ACCOUNT()]));
      bench.bank.admin.revoke(bench.consentIdOf(handle));
      expect(await bench.connector.grantState({ handle, psu: null }, bench.signal)).toEqual({ status: "REVOKED" });
    },
  },
  {
    id: "GR-08",
    name: "MUST report a grant whose time is over as EXPIRED",
    async check(bench) {
      const handle = await bench.grant(bench.person([ACCOUNT()]));
      bench.bank.clock.advance("P91D");
      expect(await bench.connector.grantState({ handle, psu: null }, bench.signal)).toEqual({ status: "EXPIRED" });
    },
  },
  {
    id: "GR-09",
    name: "MUST end a grant at the bank, once",
    async check(bench) {
      const handle = await bench.grant(bench.person([ACCOUNT()]));
      expect(await bench.connector.revoke({ handle, psu: null }, bench.signal)).toBe("DONE");
      expect((await bench.connector.grantState({ handle, psu: null }, bench.signal)).status).toBe("REVOKED");
      bench.bank.admin.setFault({ kind: "consent-unknown", operation: bench.operations.revoke });
      expect(await bench.connector.revoke({ handle, psu: null }, bench.signal)).toBe("ALREADY_ENDED");
    },
  },
  {
    id: "GR-10",
    name: "MUST refresh to tokens that work, and know a used refresh token as the end of the grant",
    async check(bench) {
      const handle = await bench.grant(bench.person([ACCOUNT()]));
      const fresh = await bench.connector.refresh(handle, bench.signal);
      expect(fresh).not.toBeNull();
      if (!fresh) return;
      expect(fresh.accessExpiresAt ?? 0).toBeGreaterThan(bench.clock.now());
      expect((await bench.connector.accounts({ handle: fresh, psu: PSU }, bench.signal)).accounts).toHaveLength(1);
      const error = await bankErrorOf(bench.connector.refresh(handle, bench.signal));
      expect(error.failure).toBe("CONSENT_INVALID");
      // Which of the two it is, only a standard can say that knows the end of its grants.
      expect(["CONSENT_EXPIRED", "CONSENT_REVOKED"]).toContain(error.code);
    },
  },
  {
    id: "GR-11",
    name: "MUST keep the old refresh token where the bank returns none",
    async check(bench) {
      const handle = await bench.grant(bench.person([ACCOUNT()]));
      bench.bank.admin.setFault({ kind: "refresh-token-missing", operation: "token" });
      const fresh = await bench.connector.refresh(handle, bench.signal);
      expect(fresh).not.toBeNull();
      if (!fresh) return;
      expect(tokenIn(fresh.data.reveal(), "refreshToken")).toBe(tokenIn(handle.data.reveal(), "refreshToken"));
      expect(tokenIn(fresh.data.reveal(), "accessToken")).not.toBe(tokenIn(handle.data.reveal(), "accessToken"));
    },
  },
  {
    id: "GR-12",
    name: "MUST NOT repeat a refresh whose answer was lost, and say that its outcome is unknown",
    async check(bench) {
      const handle = await bench.grant(bench.person([ACCOUNT()]));
      bench.bank.admin.clearRequests();
      bench.bank.admin.setFault({ kind: "token-answer-lost", operation: "token", count: null });
      const error = await bankErrorOf(bench.connector.refresh(handle, bench.signal));
      expect([error.failure, error.outcomeUnknown]).toEqual(["BANK_TEMPORARY", true]);
      expect(bench.bank.admin.requests("token")).toHaveLength(1);
    },
  },
  {
    id: "GR-13",
    name: "MUST NOT repeat the opening of a consent by itself",
    needs: "opening-call",
    async check(bench) {
      bench.bank.admin.clearRequests();
      bench.bank.admin.setFault({ kind: "http-503", operation: "consent-create", count: null });
      expect((await bankErrorOf(bench.open())).failure).toBe("BANK_TEMPORARY");
      expect(bench.bank.admin.requests("consent-create")).toHaveLength(1);
    },
  },
  {
    id: "GR-15",
    name: "MUST NOT repeat the exchange of a code, which works once",
    async check(bench) {
      const user = bench.person([ACCOUNT()]);
      const { opened, returned } = await bench.open();
      const parameters = await bench.decide(opened.authorizationUrl, user);
      bench.bank.admin.clearRequests();
      bench.bank.admin.setFault({ kind: "http-503", operation: "token", count: null });
      const error = await bankErrorOf(bench.connector.completeGrant({ ...returned, parameters }, bench.signal));
      expect(error.failure).toBe("BANK_TEMPORARY");
      expect(bench.bank.admin.requests("token")).toHaveLength(1);
    },
  },
  {
    id: "GR-14",
    name: "MUST refuse a handle that it did not write instead of guessing",
    async check(bench) {
      const handle = await bench.grant(bench.person([ACCOUNT()]));
      const { Secret } = await import("../../src/domain/secret.ts");
      const foreign = { ...handle, data: new Secret('{"v":99}') };
      expect((await bankErrorOf(bench.connector.accounts({ handle: foreign, psu: PSU }, bench.signal))).failure).toBe("CONSENT_INVALID");
    },
  },
];

/** By name, in JSON of any depth: what a handle holds is the connector's own business, but that it holds tokens is not. */
function tokenIn(json: string, name: string): string {
  return new RegExp(`"${name}":"([^"]+)"`).exec(json)?.[1] ?? "none";
}
