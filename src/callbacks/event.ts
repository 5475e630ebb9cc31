import { Webhook } from "standardwebhooks";
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

/** @throws TypeError naming the field: a payload of ours that is broken will not get better by repetition */
export function parseEvent(payload: Readonly<Record<string, unknown>>): UpdateEvent {
  const text = <P extends string>(field: string, prefix: P): `${P}${string}` => {
    const value = payload[field];
    if (typeof value !== "string" || !value.startsWith(prefix)) throw new TypeError(`callback job: ${field} is not ${prefix || "a "}text`);
    return value as `${P}${string}`; // just checked
  };
  const whole = (field: string): number => {
    const value = payload[field];
    if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new TypeError(`callback job: ${field} is no whole number`);
    return value;
  };
  const status = Object.values(UpdateStatus).find((name) => name === payload["status"]);
  if (payload["kind"] !== "update" || !status) throw new TypeError("callback job: unknown kind or status");
  return {
    kind: "update",
    eventId: text("eventId", "evt_"),
    tenantId: text("tenantId", "ten_"),
    userId: text("userId", "usr_"),
    consentId: text("consentId", "con_"),
    updateId: text("updateId", "upd_"),
    status,
    sequence: whole("sequence"),
    url: text("url", ""),
    at: whole("at"),
  };
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
