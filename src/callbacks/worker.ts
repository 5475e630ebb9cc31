import type { Environment } from "../domain/bank.ts";
import { registeredUrl } from "../domain/registered-url.ts";
import type { Secret } from "../domain/secret.ts";
import type { Tenant } from "../domain/tenant.ts";
import { HOUR, MINUTE, SECOND, systemClock, type Clock } from "../domain/time.ts";
import { createPoster } from "../http/post.ts";
import { scheduled } from "../jobs/retry.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Logger } from "../log.ts";
import type { Store } from "../store/store.ts";
import { parseEvent, signedMessage, type UpdateEvent } from "./event.ts";

export interface CallbackParts {
  readonly store: Pick<Store, "tenant">;
  readonly jobs: Pick<Jobs, "work">;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  readonly environment: Environment;
  openSecret(tenant: Tenant): Secret | Promise<Secret>;
  /** What signatures are dated by. @default systemClock */
  readonly wallClock?: Clock;
  /** Milliseconds for one POST, answer included. @default 15_000 */
  readonly deadline?: number;
}

/** The schedule that Standard Webhooks recommends: a receiver may be down for three days and misses nothing. */
const RETRY_AFTER = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/** Targets at the same time. One target has one call at a time (the jobs' group), so a dead one holds one of these. */
const CONCURRENCY = 64;
const LEASE = MINUTE;
const GONE = 410;

/** Posts the events of the queue "callback" to tenants that cannot hold a socket open. Dispose it after the jobs have stopped. */
export function registerCallbacks(parts: CallbackParts): AsyncDisposable {
  const poster = createPoster(parts.environment === "PRODUCTION" ? "public" : "public-or-loopback", parts.deadline);
  const options = {
    concurrency: CONCURRENCY,
    leaseMs: LEASE,
    retryDelay: (attempts: number) => scheduled(attempts, RETRY_AFTER),
  };
  parts.jobs.work("callback", options, async (payload, signal) => {
    const event = parseEvent(payload);
    if (event === null) return parts.log.error({ payload }, "callback dropped: its job says nothing that this version understands");
    const target = await targetOf(parts, event);
    if (target === null) return;
    const fields = { event: event.eventId, update: event.updateId, tenant: event.tenantId, host: target.url.host };
    const now = (parts.wallClock ?? systemClock).now();
    const { body, headers } = signedMessage(event, await parts.openSecret(target.tenant), now);
    const status = await poster.post(target.url, body, headers, signal);
    if (status === GONE) return parts.log.warn(fields, "callback dropped: the receiver says that it is gone");
    if (status < 200 || status > 299) throw new Error(`the callback's receiver answered ${String(status)}`);
    parts.log.info({ ...fields, status: event.status, sequence: event.sequence }, "callback delivered");
  });
  return poster;
}

/** Null, with a line in the log, where the event has nowhere to go any more. */
async function targetOf(parts: CallbackParts, event: UpdateEvent): Promise<{ tenant: Tenant; url: URL } | null> {
  const tenant = await parts.store.tenant(event.tenantId);
  const isRegistered = tenant !== null && registeredUrl(tenant.updateCallbackUrls, event.url) !== null;
  if (!isRegistered || !URL.canParse(event.url)) {
    parts.log.warn({ event: event.eventId, tenant: event.tenantId }, "callback dropped: its URL is not registered any more");
    return null;
  }
  const url = new URL(event.url);
  if (url.protocol === "https:" || (url.protocol === "http:" && parts.environment !== "PRODUCTION")) return { tenant, url };
  parts.log.warn({ event: event.eventId, tenant: event.tenantId }, "callback dropped: production posts to https only");
  return null;
}
