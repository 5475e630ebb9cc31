import { Webhook } from "standardwebhooks";
import { z } from "zod";
import type { Environment } from "../domain/bank.ts";
import type { TenantId } from "../domain/ids.ts";
import type { Secret } from "../domain/secret.ts";
import type { Tenant } from "../domain/tenant.ts";
import { HOUR, MINUTE, SECOND, type Clock } from "../domain/time.ts";
import { createCallbackPost } from "../http/callback-post.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";

export interface CallbackParts {
  readonly store: Pick<Store, "tenant">;
  readonly jobs: Pick<Jobs, "work">;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** The tenant's signing secret, `whsec_…`. */
  readonly openSecret: (tenant: Tenant) => Secret;
}

const PAYLOAD = z.object({
  updateId: z.string(),
  userId: z.string(),
  tenantId: z.custom<TenantId>((value) => typeof value === "string" && value.startsWith("ten_")),
  consentId: z.string(),
  status: z.string(),
  sequence: z.number().int(),
  url: z.string(),
  eventId: z.string(),
  at: z.number().int(),
});

/** Pauses before a delivery is repeated, as Standard Webhooks proposes: some three days in all, then the event is given up. */
const PAUSES = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
const CONCURRENCY = 16;
const LEASE_MS = 30 * SECOND;
const GONE = 410;

/**
 * Delivers what the engine put into the outbox (queue `callback`): one signed POST a status change, one id an event however often it
 * is repeated. Deliveries to one URL keep their order; a dead target holds up no other (the job's group is the URL).
 */
export function registerCallbacks(parts: CallbackParts): AsyncDisposable {
  const { store, jobs, clock, log } = parts;
  const client = createCallbackPost({ allowLoopback: parts.environment === "SANDBOX" });
  jobs.work(
    "callback",
    { concurrency: CONCURRENCY, leaseMs: LEASE_MS, retryDelay: (attempts) => PAUSES[attempts - 1] ?? null },
    async (payload, signal) => {
      const event = PAYLOAD.parse(payload);
      const tenant = await store.tenant(event.tenantId);
      if (!tenant?.updateCallbackUrls.includes(event.url))
        return log.info({ update: event.updateId }, "callback dropped: its URL is not registered any more");
      const { eventId, at, url, updateId, consentId, userId, status, sequence } = event;
      const body = JSON.stringify({
        type: "update.status",
        id: eventId,
        timestamp: new Date(at).toISOString(),
        data: { updateId, consentId, userId, status, sequence },
      });
      // Receivers compare the time of sending with real time; the event's own time stands in the body.
      const sentAt = new Date(clock.now());
      const headers = {
        "content-type": "application/json",
        "user-agent": "psd2-graphql-hub",
        "webhook-id": eventId,
        "webhook-timestamp": String(Math.floor(sentAt.getTime() / SECOND)),
        "webhook-signature": new Webhook(parts.openSecret(tenant).reveal()).sign(eventId, sentAt, body),
      };
      const answer = await client.post(url, headers, body, signal);
      if (answer === GONE) return log.warn({ update: updateId }, "callback stopped: the receiver answered 410 Gone");
      if (answer < 200 || answer > 299) throw new Error(`the receiver answered ${String(answer)}`);
    },
  );
  return client;
}
