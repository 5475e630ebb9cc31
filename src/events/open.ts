import type { Logger } from "../log.ts";
import { openNotifyChannel } from "../store/notify.ts";
import type { Hints } from "./hints.ts";
import { createInProcessHints } from "./in-process.ts";
import { createPostgresHints } from "./postgres.ts";

const CHANNEL = "hub_hints";

/** Hints as the store allows: SQLite has one process, Postgres may have many. */
export function openHints(
  store: { readonly dialect: "sqlite" } | { readonly dialect: "postgres"; readonly url: string },
  log: Logger,
): Hints {
  if (store.dialect === "sqlite") return createInProcessHints(log);
  return createPostgresHints((events) => openNotifyChannel({ url: store.url, channel: CHANNEL, log }, events), log);
}
