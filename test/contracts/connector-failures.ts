import { inspect } from "node:util";
import { expect } from "vitest";
import { MINUTE, SECOND } from "../../src/domain/time.ts";
import type { FaultKind, FaultParams } from "../../src/sandbox/kit/faults/fault.ts";
import { bankErrorOf, PSU, type Bench, type Clause } from "./connector-bench.ts";

/** A list of transactions of a fresh account, with a fault on the way to it. */
async function failing(bench: Bench, kind: FaultKind, params: FaultParams = {}) {
  const { handle, account } = await bench.account(bench.rows(1));
  bench.bank.admin.setFault({ kind, operation: "transactions", count: null, params });
  bench.bank.admin.clearRequests();
  return bankErrorOf(bench.pages(handle, account));
}

export const failureClauses: readonly Clause[] = [
  {
    id: "ER-01",
    name: "MUST read an ended consent by its code, whatever the status",
    async check(bench) {
      for (const [kind, code] of bench.endings) {
        bench.bank.admin.clearFaults();
        const error = await failing(bench, kind);
        expect([kind, error.failure, error.code]).toEqual([kind, "CONSENT_INVALID", code]);
      }
    },
  },
  {
    id: "ER-02",
    name: "MUST tell a dead token from a dead consent",
    async check(bench) {
      expect((await failing(bench, "token-expired")).failure).toBe("TOKEN_EXPIRED");
      bench.bank.admin.clearFaults();
      expect((await failing(bench, "token-invalid")).failure).toBe("TOKEN_EXPIRED");
    },
  },
  {
    id: "ER-03",
    name: "MUST answer a spent allowance as RATE_LIMITED, with the bank's time where it can be believed",
    async check(bench) {
      for (const [form, wait] of [
        ["seconds", 90 * SECOND],
        ["date", 90 * SECOND],
        ["absurd", null],
        ["absent", null],
      ] as const) {
        bench.bank.admin.clearFaults();
        const error = await failing(bench, "rate-limited", { retryAfter: form, seconds: 90 });
        expect([form, error.failure, error.code]).toEqual([form, "RATE_LIMITED", "QUOTA_EXCEEDED"]);
        expect(bench.bank.admin.requests("transactions")).toHaveLength(1);
        if (wait === null) expect(error.retryAt).toBeNull();
        else expect(Math.abs((error.retryAt ?? 0) - bench.clock.now() - wait)).toBeLessThan(5 * SECOND);
      }
    },
  },
  {
    id: "ER-04",
    name: "MUST repeat a read that met a 5xx or a reset, and give up after three tries",
    async check(bench) {
      for (const kind of ["http-500", "http-503", "connection-reset", "reset-mid-body"] as const) {
        bench.bank.admin.clearFaults();
        const { handle, account } = await bench.account(bench.rows(2));
        bench.bank.admin.setFault({ kind, operation: "transactions", count: 2 });
        expect((await bench.pages(handle, account)).rows).toHaveLength(2);
        bench.bank.admin.clearFaults();
        const error = await failing(bench, kind);
        expect([kind, error.failure, error.code]).toEqual([kind, "BANK_TEMPORARY", "BANK_UNAVAILABLE"]);
        expect(bench.bank.admin.requests("transactions")).toHaveLength(3);
      }
    },
  },
  {
    id: "ER-05",
    name: "MUST answer what nobody can read as BANK_BAD_RESPONSE, never as no transactions",
    async check(bench) {
      const noContent = bench.has("no-content") ? [] : (["no-content-204"] as const);
      for (const kind of ["html-page", "empty-200", ...noContent, "broken-json", "truncated-json", "gzip-bomb"] as const) {
        bench.bank.admin.clearFaults();
        const error = await failing(bench, kind);
        expect([kind, error.failure, error.code]).toEqual([kind, "PROTOCOL", "BANK_BAD_RESPONSE"]);
        expect(bench.bank.admin.requests("transactions")).toHaveLength(1);
      }
    },
  },
  {
    id: "ER-11",
    name: "MUST answer 204 as no rows where the standard says so, and only there",
    async check(bench) {
      const { handle, account } = await bench.account(bench.rows(1));
      bench.bank.admin.setFault({ kind: "no-content-204", operation: "transactions", count: null });
      const answered = await bench.pages(handle, account).then(
        ({ rows, pages }) => [rows.length, pages.length],
        () => "refused",
      );
      expect(answered).toEqual(bench.has("no-content") ? [0, 1] : "refused");
    },
  },
  {
    id: "ER-06",
    name: "MUST keep trouble with one account apart from the grant",
    async check(bench) {
      for (const kind of ["account-blocked", "account-unknown"] as const) {
        bench.bank.admin.clearFaults();
        const error = await failing(bench, kind);
        expect([kind, error.failure, error.code]).toEqual([kind, "ACCOUNT_UNAVAILABLE", "ACCOUNT_NOT_ACCESSIBLE"]);
      }
    },
  },
  {
    id: "ER-07",
    name: "MUST answer a period that needs the person as SCA_REQUIRED",
    async check(bench) {
      const error = await failing(bench, "period-invalid");
      expect([error.failure, error.code]).toEqual(["SCA_REQUIRED", "PERIOD_NOT_AVAILABLE"]);
    },
  },
  {
    id: "ER-08",
    name: "MUST stop within the request when aborted, with the caller's own reason",
    async check(bench) {
      const { handle, account } = await bench.account(bench.rows(1));
      bench.bank.admin.setFault({ kind: "hang", operation: "transactions", count: null });
      bench.bank.admin.clearRequests();
      const controller = new AbortController();
      const reason = new Error("enough");
      const request = { account, from: null, to: null, cursor: null, entryReferenceFrom: null };
      const call = bench.connector.transactions({ handle, psu: PSU }, request, controller.signal).catch((error: unknown) => error);
      while (bench.bank.admin.requests("transactions").length === 0) await new Promise((resolve) => setImmediate(resolve));
      controller.abort(reason);
      expect(await call).toBe(reason);
      expect(bench.bank.admin.requests("transactions")).toHaveLength(1);
    },
  },
  {
    id: "ER-09",
    name: "MUST show no token, secret or account number in any error",
    async check(bench) {
      const { handle, account } = await bench.account(bench.rows(1));
      const secrets = [...handle.data.reveal().matchAll(/"(?:access|refresh)Token":"([^"]+)"/g)].map(([, token = ""]) => token);
      expect(secrets.length).toBeGreaterThan(0);
      const text = `The token ${secrets[0] ?? ""} of account ${account.iban ?? ""} is not good`;
      for (const spec of [
        { kind: "error", params: { status: 400, code: "ODD", text } },
        { kind: "connection-reset" },
        { kind: "broken-json" },
      ] as const) {
        bench.bank.admin.clearFaults();
        bench.bank.admin.setFault({ ...spec, operation: "transactions", count: null });
        const shown = inspect(await bankErrorOf(bench.pages(handle, account)), { depth: 8, showHidden: true });
        for (const secret of [...secrets, account.iban ?? "no iban"]) expect(shown).not.toContain(secret);
      }
    },
  },
  {
    id: "ER-10",
    name: "MUST name the bank's request id in the error, a new one for each try",
    async check(bench) {
      const error = await failing(bench, "http-500");
      const ids = bench.bank.admin.requests("transactions").map(({ headers }) => headers[bench.headers.requestId]);
      expect(new Set(ids).size).toBe(3);
      expect(error.supportReference).toBe(ids.at(-1));
    },
  },
  {
    id: "HD-01",
    name: "MUST claim the person's presence only where they are present",
    async check(bench) {
      const { handle, account } = await bench.account(bench.rows(1));
      bench.bank.admin.clearRequests();
      await bench.pages(handle, account, { psu: null });
      await bench.pages(handle, account, { psu: PSU });
      const sent = bench.bank.admin.requests("transactions").map(({ headers }) => {
        return Object.fromEntries(Object.entries(headers).filter(([name]) => bench.headers.presence.test(name)));
      });
      expect(sent[0]).toEqual({});
      expect(Object.values(sent[1] ?? {})).toContain(PSU.ipAddress);
    },
  },
  {
    id: "HD-02",
    name: "MUST carry the bank's own count of unattended calls back as RATE_LIMITED",
    async check(bench) {
      const { handle, account } = await bench.account(bench.rows(1));
      for (let call = 0; call < 4; call += 1) await bench.pages(handle, account, { psu: null });
      expect((await bankErrorOf(bench.pages(handle, account, { psu: null }))).failure).toBe("RATE_LIMITED");
      expect((await bench.pages(handle, account)).rows).toHaveLength(1);
      bench.bank.clock.advance("P1D");
      bench.bank.clock.set(new Date(bench.clock.now() + MINUTE));
      const fresh = await bench.connector.refresh(handle, bench.signal);
      expect((await bench.pages(fresh ?? handle, account, { psu: null })).rows).toHaveLength(1);
    },
  },
];
