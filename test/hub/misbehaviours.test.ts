import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import { databases } from "../databases.ts";
import { startTestHub, type TestHub, type UpdateState } from "../hub.ts";
import { SCENARIOS, startAt, story, type Expected, type Scenario } from "./misbehaviours.ts";
import { SpoilingProxy, type Json, type Passing, type Spoiled } from "./spoiling-proxy.ts";

/** The user is there: no allowance stands between the test and the next fetch. */
const ATTENDED = { psuContext: { ipAddress: "203.0.113.7", userAgent: "test" } };
const AT_ONCE = 6;

interface Held extends Expected {
  readonly id: string;
  readonly account: number;
  readonly description: string;
}

/** What one day brought. */
interface Seen {
  readonly day: number;
  readonly status: string;
  readonly truth: readonly Expected[];
  readonly rows: readonly Held[];
}

interface Course {
  readonly scenario: Scenario;
  readonly login: string;
  readonly proxy: SpoilingProxy;
  readonly seen: Seen[];
  bankId: string;
  consentId: string;
}

describe.each(databases)("on $name, over days at a bank that", (database) => {
  let t: TestHub;
  const start = startAt(Date.now());
  const courses: Course[] = [];

  beforeAll(async () => {
    const databaseUrl = await database.open();
    t = await startTestHub({
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
      bank: { businessCount: 1, pageSize: 8, fullHistoryMinutes: 1_000_000 },
      entries: (bank) => Promise.all(SCENARIOS.map((scenario, n) => entryOf(bank, scenario, n))),
    });
    for (const course of courses) course.consentId = (await t.givenConsent({ login: course.login, bankId: course.bankId })).consentId;
    const days = Math.max(...SCENARIOS.map((scenario) => scenario.days ?? 3));
    for (let day = 0; day <= days; day++) {
      const open = courses.filter(({ scenario }) => day <= (scenario.days ?? 3));
      for (let i = 0; i < open.length; i += AT_ONCE) await Promise.all(open.slice(i, i + AT_ONCE).map((course) => fetchOn(course, day)));
      await t.advance("P1D");
      for (const { proxy } of courses) proxy.nextDay();
    }
  }, 240_000);
  afterAll(async () => {
    await t[Symbol.asyncDispose]();
    for (const { proxy } of courses) await proxy[Symbol.asyncDispose]();
  });

  async function entryOf(bank: SandboxBank, scenario: Scenario, n: number): Promise<SandboxBank["entry"]> {
    const login = `person-${String(n)}`;
    const accounts = scenario.accounts?.(start) ?? [
      { id: `acc-${String(n)}`, iban: "DE02120300000000202051", opening: "1000.00", transactions: story(start) },
    ];
    bank.admin.addUser({ name: login, fullName: "Ann Example", accounts });
    const proxy = new SpoilingProxy(bank.entry.baseUrl, (passing) => spoil(scenario, passing), scenario.ask);
    const course: Course = { scenario, login, proxy, seen: [], bankId: `misbehaving-${String(n)}`, consentId: "" };
    courses.push(course);
    return {
      ...bank.entry,
      id: course.bankId,
      name: scenario.bank,
      baseUrl: await proxy.listen(),
      ...(scenario.profile ? { profile: scenario.profile } : {}),
    };
  }

  async function fetchOn(course: Course, day: number): Promise<void> {
    const { scenario, login, consentId, seen } = course;
    for (const id of scenario.cancel?.[day] ?? [])
      for (const { id: account } of t.bank.admin.truth(login).accounts) t.bank.admin.cancelTransaction(account, id);
    const status = await updated(t, consentId);
    const truth = t.bank.admin.truth(login).accounts.flatMap((account) => account.transactions);
    const expected = truth.map(({ id, status: stands, amount, currency, bookingDate, endToEndId }): Expected => ({
      key: endToEndId === null ? null : id,
      status: stands.toUpperCase(),
      amount,
      currency,
      bookingDate,
    }));
    seen.push({ day, status, truth: scenario.seen?.(expected, day, start) ?? expected, rows: await heldBy(t, consentId) });
  }

  it.each(SCENARIOS.map((scenario, n) => ({ bank: scenario.bank, n })))("$bank", ({ n }) => {
    const course = courses.find(({ login }) => login === `person-${String(n)}`);
    if (!course) throw new Error("no course");
    const { scenario, seen } = course;
    const ids = new Map<string, string>();
    let before = new Set<string>();
    for (const { day, status, truth, rows } of seen) {
      expect({ day, status }).toEqual({ day, status: scenario.status?.[day] ?? "COMPLETED" });
      const [held, expected] = [rows.map(printed).sort(), truth.map(printed).sort()];
      if (scenario.partial?.includes(day))
        expect({ day, strange: held.filter((one) => !known(expected, one)) }).toEqual({ day, strange: [] });
      else expect({ day, rows: held }).toEqual({ day, rows: expected });
      for (const { key: name, account, id, description } of rows) {
        expect(description).not.toBe("");
        if (name === null) continue;
        const key = `${String(account)} ${name}`;
        expect({ day, key, id: ids.get(key) ?? id }).toEqual({ day, key, id });
        ids.set(key, id);
      }
      const now = new Set(rows.map(({ id }) => id));
      expect({ day, lost: [...before].filter((id) => !now.has(id)) }).toEqual({ day, lost: [] });
      before = now;
    }
  });
});

function printed({ key, status, amount, currency, bookingDate }: Expected): string {
  return `${key ?? "?"} ${status} ${String(Number(amount))} ${currency} ${bookingDate ?? "-"}`;
}

/** A row as it stands, or as it stood before today's answer failed to come. */
function known(expected: readonly string[], one: string): boolean {
  const [key] = one.split(" ");
  return expected.some((other) => other.split(" ")[0] === key);
}

function spoil(scenario: Scenario, passing: Passing): Spoiled {
  const instead = scenario.answer?.(passing);
  if (instead) return instead;
  if (passing.list !== "transactions") return undefined;
  const report = passing.body["transactions"] as { booked?: Json[]; pending?: Json[] };
  const [booked, pending] = [(report.booked ??= []), (report.pending ??= [])];
  if (scenario.balances !== true) for (const wire of booked) delete wire["balanceAfterTransaction"];
  return scenario.rows?.({ booked, pending, all: [...booked, ...pending] }, passing) ?? undefined;
}

/** The status in which an update comes to rest: final, or waiting for the bank's allowance. */
async function updated(t: TestHub, consentId: string): Promise<string> {
  const { createUpdate } = await t.client.run<{ createUpdate: { update: { id: string } | null; errors: unknown } }>(
    `mutation ($input: CreateUpdateInput!) { createUpdate(input: $input) { update { id } errors { message } } }`,
    { input: { consentId, ...ATTENDED } },
  );
  if (createUpdate.update === null) throw new Error(JSON.stringify(createUpdate.errors));
  let last: UpdateState | null = null;
  const states = t.client.subscribe<{ updateStatus: UpdateState }>(
    `subscription ($id: ID!) { updateStatus(updateId: $id) { id status sequence waitReason } }`,
    { id: createUpdate.update.id },
  );
  for await (const { updateStatus } of states) {
    last = updateStatus;
    if (updateStatus.status === "WAITING" && updateStatus.waitReason === "BANK_QUOTA_SPENT") break;
  }
  return last?.status ?? "none";
}

async function heldBy(t: TestHub, consentId: string): Promise<readonly Held[]> {
  interface Row {
    readonly id: string;
    readonly status: string;
    readonly bookingDate: string | null;
    readonly endToEndId: string | null;
    readonly description: string;
    readonly amount: { readonly amount: string; readonly currency: string };
  }
  const { consent } = await t.client.run<{ consent: { accounts: { nodes: readonly { transactions: { nodes: readonly Row[] } }[] } } }>(
    `query ($id: ID!) { consent(id: $id) { accounts { nodes { transactions(first: 100, filter: { statuses: null }) {
       nodes { id status bookingDate endToEndId description amount { amount currency } } } } } } }`,
    { id: consentId },
  );
  return consent.accounts.nodes.flatMap(({ transactions }, account) =>
    transactions.nodes.map(({ id, status, bookingDate, endToEndId, description, amount }) => ({
      ...{ id, account, status, bookingDate, description, ...amount },
      key: endToEndId?.replace(/^E-/, "") ?? null,
    })),
  );
}
