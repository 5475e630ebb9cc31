import type pg from "pg";
import { SECOND } from "../domain/time.ts";
import type { Logger } from "../log.ts";
import type { NotifyChannel, NotifyEvents } from "./notify-channel.ts";

/** Postgres refuses 8000. */
const MAX_BYTES = 7_900;
const FIRST_RETRY = 100;
const LAST_RETRY = 5 * SECOND;
/** A connection that died without a word (a pulled cable) is found by asking it something. */
const PING_EVERY = 10 * SECOND;
const ANSWER_WITHIN = 5 * SECOND;

/**
 * LISTEN/NOTIFY on a connection of its own (a pool would hand the listening connection to others). Connects in the background and
 * again whenever the connection is lost, with growing pauses.
 * @param channel an SQL identifier of ours, never input
 */
export function openNotifyChannel(
  parts: { readonly url: string; readonly channel: string; readonly log: Pick<Logger, "warn" | "info"> },
  events: NotifyEvents,
): NotifyChannel {
  const { url, channel, log } = parts;
  let client: pg.Client | null = null;
  let retryIn = FIRST_RETRY;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function connect(): Promise<void> {
    const { default: driver } = await import("pg"); // 12 ms that a hub on SQLite need not spend
    const next = new driver.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_WITHIN,
      query_timeout: ANSWER_WITHIN,
      application_name: "hub-hints",
    });
    next.on("error", (error) => drop(next, error));
    next.on("end", () => drop(next, null));
    next.on("notification", ({ payload }) => events.onMessage(payload ?? ""));
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
    } catch (error) {
      return drop(next, error);
    }
    if (closed) return void end(next);
    client = next;
    retryIn = FIRST_RETRY;
    schedule(ping, PING_EVERY);
    events.onConnected();
  }

  async function ping(): Promise<void> {
    const asked = client;
    if (!asked) return;
    try {
      await asked.query("select 1");
      if (asked === client) schedule(ping, PING_EVERY);
    } catch (error) {
      drop(asked, error);
    }
  }

  const dropped = new WeakSet<pg.Client>();
  function drop(lost: pg.Client, error: unknown): void {
    if (dropped.has(lost)) return; // a failure often shows up twice: as an error and as the end
    dropped.add(lost);
    if (client === lost) client = null;
    void end(lost);
    if (closed) return;
    log.warn({ err: error, retryInMs: retryIn }, "the connection for hints is lost");
    schedule(connect, Math.random() * retryIn);
    retryIn = Math.min(retryIn * 2, LAST_RETRY);
  }

  function schedule(task: () => Promise<void>, delay: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void task(), delay);
    timer.unref();
  }

  void connect();
  return {
    maxBytes: MAX_BYTES,
    async notify(messages) {
      if (!client) throw new Error("there is no connection for hints at the moment");
      await client.query("select pg_notify($1, message) from unnest($2::text[]) as message", [channel, messages]);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(timer);
      const last = client;
      client = null;
      if (last) await end(last);
    },
  };
}

/** Ends without waiting for a server that does not answer any more. */
async function end(client: pg.Client): Promise<void> {
  await client.end().catch(() => undefined);
}
