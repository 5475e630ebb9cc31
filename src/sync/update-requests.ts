import { isIP } from "node:net";
import type { BankDirectory } from "../banks/directory.ts";
import type { Consent } from "../domain/consent.ts";
import type { UpdateId } from "../domain/ids.ts";
import type { Outcome, Refusal } from "../domain/refusal.ts";
import type { Owner } from "../domain/tenant.ts";
import type { Clock, Instant } from "../domain/time.ts";
import { isFinal, type Update } from "../domain/update.ts";
import type { Hints } from "../events/hints.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import { attend } from "./attend.ts";
import { cancelUpdate } from "./cancel-update.ts";
import { firstAccountsJob } from "./first-accounts.ts";
import { insertUpdate } from "./insert-update.ts";
import { QUOTA_WINDOW, spentUntil } from "./quota.ts";
import type { NewUpdate, UpdateRequests } from "./requests.ts";

export interface UpdateRequestParts {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly hints: Hints;
  readonly banks: Pick<BankDirectory, "byId">;
  readonly clock: Clock;
}

type Created = { readonly update: Update; readonly joined: boolean };

/** What callers may do with updates. `start` runs in the caller's transaction: nudge the jobs after its commit. */
export function createUpdateRequests(parts: UpdateRequestParts): UpdateRequests {
  return {
    create: (request) => create(parts, request),
    cancel: (owner, update) => cancel(parts, owner, update),
    start: (tx, consent, trigger) =>
      insertUpdate(tx, parts.jobs, consent, { trigger, callbackUrl: null, psuContext: null, idempotencyKey: null, now: parts.clock.now() }),
    readAccounts: (tx, { id }, psu) => parts.jobs.enqueue(tx, firstAccountsJob({ consentId: id, psu }, parts.clock.now())),
  };
}

async function create(parts: UpdateRequestParts, request: NewUpdate): Promise<Outcome<Created>> {
  const { store, jobs, hints, clock } = parts;
  const { owner, psuContext, callbackUrl, idempotencyKey } = request;
  if (psuContext !== null && isIP(psuContext.ipAddress) === 0) {
    const message = "ipAddress must be an IPv4 or IPv6 address, the user's own.";
    return refuse({ type: "InvalidInput", message, path: ["psuContext", "ipAddress"] });
  }
  const consent = (await store.consentsByIds(owner, [request.consentId])).get(request.consentId);
  if (!consent) return refuse({ type: "NotFound", message: "There is no such consent.", path: ["consentId"] });
  if (callbackUrl !== null) {
    const registered = (await store.tenant(consent.tenantId))?.updateCallbackUrls ?? [];
    const message = "callbackUrl is not one of those registered with setTenantUrls; it must be the same letter by letter.";
    if (!registered.includes(callbackUrl)) {
      return refuse({ type: "CallbackUrlNotRegistered", message, path: ["callbackUrl"], registered });
    }
  }
  const running = await existing(parts, request);
  if (running) return { ok: true, value: await joined(parts, request, running) };
  if (consent.status !== "GIVEN") {
    const next =
      consent.status === "REQUESTED"
        ? "the user approves it at its authorizationUrl"
        : "ask the user again with renewConsent or createConsent";
    const message = `An update needs a consent that is GIVEN; this one is ${consent.status}: ${next}.`;
    return refuse({ type: "ConsentNotUsable", message, path: ["consentId"], consent });
  }
  if (parts.banks.byId(consent.bankId) === null) {
    const message = "The consent's bank is no longer in the hub's directory: it cannot be asked. What was read before stays.";
    return refuse({ type: "ConsentNotUsable", message, path: ["input", "consentId"], consent });
  }
  const retryAt = psuContext === null ? await quotaSpentUntil(parts, consent) : null;
  if (retryAt !== null) {
    const message = "The bank's calls without the user are spent for now. Send psuContext where the user is present.";
    return refuse({ type: "QuotaSpent", message, path: ["consentId"], retryAt });
  }
  const now = clock.now();
  const update = await store.tx((tx) => insertUpdate(tx, jobs, consent, { trigger: "API", callbackUrl, psuContext, idempotencyKey, now }));
  if (update === null) {
    // Someone else was first: theirs is the one.
    const theirs = await existing(parts, request);
    if (theirs) return { ok: true, value: await joined(parts, request, theirs) };
    return refuse({ type: "Conflict", message: "Another update of this consent has just ended. Try again.", path: ["consentId"] });
  }
  jobs.nudge();
  hints.send({ topic: "jobs" });
  tell(parts, update);
  return { ok: true, value: { update, joined: false } };
}

/** The update that the same key made before, or the one that is active. */
async function existing({ store }: UpdateRequestParts, { owner, consentId, idempotencyKey }: NewUpdate): Promise<Created | null> {
  const same = idempotencyKey === null ? null : await store.updateByIdempotencyKey(owner, consentId, idempotencyKey);
  if (same !== null) return { update: same, joined: false };
  const active = await store.activeUpdate(consentId);
  return active === null ? null : { update: active, joined: true };
}

/** Whoever joins with the user at hand speeds the update up: what waits for the allowance need not wait any longer. */
async function joined(parts: UpdateRequestParts, { psuContext }: NewUpdate, found: Created): Promise<Created> {
  if (!found.joined || psuContext === null) return found;
  const update = await attend(parts, found.update, psuContext);
  if (update === null) return found; // it ended just now
  parts.jobs.nudge();
  parts.hints.send({ topic: "jobs" });
  tell(parts, update);
  return { update, joined: true };
}

/** When an update could get something from the bank without the user; null = now. */
async function quotaSpentUntil({ store, banks, clock }: UpdateRequestParts, consent: Consent): Promise<Instant | null> {
  const bank = banks.byId(consent.bankId);
  if (bank === null || consent.currentGrantId === null) return null;
  const calls = await store.callsSince(consent.currentGrantId, clock.now() - QUOTA_WINDOW);
  const until = (endpoint: string, account: string): Instant | null => spentUntil(calls, endpoint, account, bank.unattendedCallsPerDay);
  const list = until("ACCOUNTS", ""); // every update starts with it
  if (list !== null) return list;
  const asked = consent.scopes.filter((scope) => scope === "BALANCES" || scope === "TRANSACTIONS");
  const accounts = (await store.accountsOfConsent(consent.id)).filter((account) => account.status !== "NO_LONGER_SHARED");
  const each = accounts.flatMap(({ id }) => asked.map((scope) => until(scope, id)));
  return each.reduce((first, one) => (first === null || one === null ? null : Math.min(first, one)), each[0] ?? null);
}

async function cancel(parts: UpdateRequestParts, owner: Owner, id: UpdateId): Promise<Outcome<Update>> {
  const { store, jobs, clock } = parts;
  const update = (await store.updatesByIds(owner, [id])).get(id);
  if (!update) return refuse({ type: "NotFound", message: "There is no such update.", path: ["updateId"] });
  if (!isFinal(update.status)) {
    const canceled = await store.tx((tx) => cancelUpdate(tx, jobs, id, clock.now()));
    if (canceled !== null) {
      tell(parts, canceled);
      jobs.nudge();
      return { ok: true, value: canceled };
    }
  }
  const now = (await store.updatesByIds(owner, [id])).get(id) ?? update;
  if (now.status === "CANCELED") return { ok: true, value: now };
  const message = `The update is over already: ${now.status}.`;
  return { ok: false, refusals: [{ type: "Conflict", message, path: ["updateId"] }], value: now };
}

function tell({ hints }: UpdateRequestParts, update: Update): void {
  hints.send({ topic: "update", id: update.id });
  hints.send({ topic: "user", id: update.userId });
}

function refuse(refusal: Refusal): Outcome<never> {
  return { ok: false, refusals: [refusal] };
}
