import { describe, expect, it } from "vitest";
import { bankErrorInfo } from "../domain/failure.ts";
import { UpdateStatus } from "../domain/update.ts";
import { MAX_ATTEMPTS, next, type UpdateEvent, type UpdateEventType } from "./machine.ts";

const error = bankErrorInfo(null);
const whole = { failed: false, usable: true, error: null };
const part = { failed: true, usable: true, error };
const nothing = { failed: true, usable: false, error };

const EVENTS: Record<string, UpdateEvent> = {
  claimed: { type: "claimed", at: 5 },
  pageStored: { type: "pageStored" },
  quotaSpent: { type: "quotaSpent", until: 9 },
  "bankDown, retries left": { type: "bankDown", until: 9, outcome: null },
  "bankDown, none left, rows there": { type: "bankDown", until: null, outcome: part, at: 5 },
  "bankDown, none left, nothing there": { type: "bankDown", until: null, outcome: nothing, at: 5 },
  preparing: { type: "preparing", until: 9 },
  waitOver: { type: "waitOver" },
  "allStepsOver, whole": { type: "allStepsOver", outcome: whole, at: 5 },
  "allStepsOver, in part": { type: "allStepsOver", outcome: part, at: 5 },
  "allStepsOver, nothing": { type: "allStepsOver", outcome: nothing, at: 5 },
  "consentDead, rows there": { type: "consentDead", outcome: part, at: 5 },
  "consentDead, nothing there": { type: "consentDead", outcome: nothing, at: 5 },
  cancel: { type: "cancel", at: 5 },
  leaseLost: { type: "leaseLost", at: 5, error },
  released: { type: "released" },
};

/** The specification: what leads where. Everything that is not here is illegal. */
const TABLE: Partial<Record<UpdateStatus, Record<string, UpdateStatus>>> = {
  QUEUED: { claimed: "RUNNING", cancel: "CANCELED" },
  RUNNING: {
    pageStored: "RUNNING",
    quotaSpent: "WAITING",
    "bankDown, retries left": "WAITING",
    "bankDown, none left, rows there": "PARTIALLY_COMPLETED",
    "bankDown, none left, nothing there": "FAILED",
    preparing: "WAITING",
    "allStepsOver, whole": "COMPLETED",
    "allStepsOver, in part": "PARTIALLY_COMPLETED",
    "allStepsOver, nothing": "FAILED",
    "consentDead, rows there": "PARTIALLY_COMPLETED",
    "consentDead, nothing there": "FAILED",
    cancel: "CANCELED",
    leaseLost: "QUEUED",
    released: "QUEUED",
  },
  WAITING: { waitOver: "QUEUED", cancel: "CANCELED" },
};

const cases = Object.values(UpdateStatus).flatMap((status) =>
  Object.entries(EVENTS).map(([name, event]) => ({ status, name, event, to: TABLE[status]?.[name] ?? null })),
);

describe("the update machine", () => {
  it.each(cases)("leads from $status by $name to $to", ({ status, event, to }) => {
    expect(next({ status, attempt: 0, retries: 2, startedAt: null }, event)?.status ?? null).toBe(to);
  });

  it("is tested with every event there is", () => {
    const types: Record<UpdateEventType, true> = {
      claimed: true,
      pageStored: true,
      quotaSpent: true,
      bankDown: true,
      preparing: true,
      waitOver: true,
      allStepsOver: true,
      consentDead: true,
      cancel: true,
      leaseLost: true,
      released: true,
    };
    expect(new Set(Object.values(EVENTS).map((event) => event.type))).toEqual(new Set(Object.keys(types)));
  });

  it("fails an update that lost its lease for the fifth time, and says so", () => {
    const running = { status: "RUNNING", retries: 0, startedAt: 1 } as const;
    const lost: UpdateEvent = { type: "leaseLost", at: 5, error };
    expect(next({ ...running, attempt: MAX_ATTEMPTS - 2 }, lost)).toEqual({
      status: "QUEUED",
      leaseUntil: null,
      attempt: MAX_ATTEMPTS - 1,
    });
    expect(next({ ...running, attempt: MAX_ATTEMPTS - 1 }, lost)).toMatchObject({
      status: "FAILED",
      finishedAt: 5,
      error,
      attempt: MAX_ATTEMPTS,
    });
  });

  it("counts back-offs in a row and forgets them once a page is in", () => {
    const running = { status: "RUNNING", attempt: 0, retries: 2, startedAt: 1 } as const;
    const down: UpdateEvent = { type: "bankDown", until: 9, outcome: null };
    expect(next(running, down)).toMatchObject({ waitReason: "BANK_UNAVAILABLE", nextAttemptAt: 9, retries: 3 });
    expect(next(running, { type: "pageStored" })).toMatchObject({ retries: 0 });
  });

  it("keeps the first start over waits and takeovers", () => {
    const claimed: UpdateEvent = { type: "claimed", at: 9 };
    expect(next({ status: "QUEUED", attempt: 0, retries: 0, startedAt: null }, claimed)?.startedAt).toBe(9);
    expect(next({ status: "QUEUED", attempt: 1, retries: 0, startedAt: 4 }, claimed)?.startedAt).toBe(4);
  });
});
