import { Webhook } from "standardwebhooks";
import { z } from "zod";
import type { ConsentId, EventId, TenantId, UpdateId, UserId } from "../domain/ids.ts";
import type { Secret } from "../domain/secret.ts";
import type { Instant } from "../domain/time.ts";
import { UpdateStatus } from "../domain/update.ts";

/** A job of the queue "callback": one visible change of an update's status. */
export interface UpdateEvent {
  readonly kind: "update";
  /** One an event, the same at every attempt: what receivers tell doubles by. */
  readonly eventId: EventId;
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly consentId: ConsentId;
  readonly updateId: UpdateId;
  readonly status: UpdateStatus;
  readonly sequence: number;
  readonly url: string;
  readonly at: Instant;
}

const SHAPE = z.object({
  kind: z.literal("update"),
  eventId: idOf<EventId>("evt_"),
  tenantId: idOf<TenantId>("ten_"),
  userId: idOf<UserId>("usr_"),
  consentId: idOf<ConsentId>("con_"),
  updateId: idOf<UpdateId>("upd_"),
  status: z.enum(UpdateStatus),
  sequence: z.int(),
  url: z.string(),
  at: z.int(),
});

function idOf<T extends string>(prefix: string) {
  return z.custom<T>((value) => typeof value === "string" && value.startsWith(prefix));
}

/** Null for a payload that this version does not understand: it will not get better by repetition. */
export function parseEvent(payload: Readonly<Record<string, unknown>>): UpdateEvent | null {
  return SHAPE.safeParse(payload).data ?? null;
}

/**
 * Body and headers after Standard Webhooks.
 * @param sentAt of this attempt, in real time even where the sandbox's clock was moved: receivers refuse timestamps 5 minutes off theirs
 */
export function signedMessage(event: UpdateEvent, secret: Secret, sentAt: Instant): { body: string; headers: Record<string, string> } {
  const { eventId, updateId, consentId, userId, status, sequence } = event;
  const data = { updateId, consentId, userId, status, sequence };
  const body = JSON.stringify({ type: "update.status", id: eventId, timestamp: new Date(event.at).toISOString(), data });
  const headers = {
    "content-type": "application/json",
    "user-agent": "psd2-graphql-hub",
    "webhook-id": eventId,
    "webhook-timestamp": String(Math.floor(sentAt / 1000)),
    "webhook-signature": new Webhook(secret.reveal()).sign(eventId, new Date(sentAt), body),
  };
  return { body, headers };
}
