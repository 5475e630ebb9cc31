import type { Authorization, Consent, ConsentStatusReason } from "../domain/consent.ts";
import { MINUTE } from "../domain/time.ts";
import type { PsuContext } from "../domain/update.ts";
import { enqueuePoll, hashOf, openMemory } from "./attempt.ts";
import { complete } from "./complete.ts";
import type { CallbackAnswer } from "./consents.ts";
import { settleRefused } from "./settle.ts";
import type { Tools } from "./tools.ts";

/** How long after its end an attempt may still be decided by a late return. No bank's code lives longer, and no state should. */
const LATE_BY = 30 * MINUTE;
/** After this an exchange that was begun has died with its process. */
export const EXCHANGE_LOST_AFTER = 2 * MINUTE;

/**
 * A browser comes back from a bank (security.md, The redirect flow). The state is looked up by its hash and works once; whatever cannot
 * be tied to an attempt gets a static page, because the tenant is not known.
 */
export async function returned(
  tools: Tools,
  bankId: string,
  parameters: Readonly<Record<string, string>>,
  browser: PsuContext | null,
): Promise<CallbackAnswer> {
  const state = parameters["state"];
  if (Object.keys(parameters).length === 0 && mayFollowInFragment(tools, bankId)) return { kind: "fragment" };
  if (state === undefined || state === "") {
    tools.log.warn({ audit: "callback", bank: named(tools, bankId), refused: "no state" }, "callback refused");
    return page(
      400,
      "This link is incomplete",
      "The bank's answer does not say which request it belongs to. Start again in the app you came from.",
    );
  }
  const attempt = await tools.store.authorizationByStateHash(hashOf(state));
  if (!attempt) {
    tools.log.warn({ audit: "callback", bank: named(tools, bankId), refused: "unknown state" }, "callback refused");
    return page(400, "This link is not valid", "It does not belong to a request that is waiting. Start again in the app you came from.");
  }
  if (tools.clock.now() > attempt.expiresAt + LATE_BY && (attempt.status === "OPEN" || attempt.status === "TIMED_OUT")) {
    tools.log.warn({ audit: "callback", bank: bankId, consent: attempt.consentId, refused: "expired state" }, "callback refused");
    return page(410, "This link has expired", "Your answer came too late. Start again in the app you came from.");
  }
  const returnHash = hashOf(JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))));
  if (openMemory(tools, attempt).usedReturns.includes(returnHash) || !(await take(tools, attempt))) {
    tools.log.warn(
      { audit: "callback", bank: named(tools, bankId), consent: attempt.consentId, refused: "used state" },
      "callback refused",
    );
    return page(
      409,
      "This link was already used",
      "Your answer has arrived before. You can close this page and go back to the app you came from.",
    );
  }
  const taken: Authorization = { ...attempt, status: "TAKEN" };
  if (attempt.bankId !== bankId) {
    tools.log.warn(
      { audit: "callback", bank: named(tools, bankId), consent: attempt.consentId, refused: "other bank" },
      "callback refused",
    );
    const consent = await settleRefused(tools, taken, { as: "FAILED", reason: "STATE_MISMATCH" });
    return consent ? backToTenant(attempt, consent, "STATE_MISMATCH") : gone();
  }
  const completion = await complete(tools, taken, { parameters, psu: browser, returnHash });
  switch (completion.kind) {
    case "continue":
      return { kind: "redirect", url: completion.url };
    case "pending":
      return backToTenant(attempt, completion.consent, null);
    case "settled":
      return backToTenant(attempt, completion.consent, completion.error);
    case "gone":
      return gone();
  }
}

/** Nothing is lost by asking once more: the page that comes back posts what it finds, and that must carry a state. */
function mayFollowInFragment(tools: Tools, bankId: string): boolean {
  const bank = tools.banks.byId(bankId);
  return (bank && tools.connectorFor(bank)?.answersInFragment) ?? false;
}

/** What a path said, as far as it is the name of a bank: anybody can write anything into a path, and so into the log. */
function named(tools: Tools, bankId: string): string {
  return tools.banks.byId(bankId) ? bankId : "unknown";
}

/** The single use of the state. The job that comes with it ends an attempt whose exchange died with this process. */
async function take(tools: Tools, attempt: Authorization): Promise<boolean> {
  const now = tools.clock.now();
  return tools.store.tx(async (tx) => {
    const taken = await tx.takeAuthorization(attempt.id, now);
    if (taken) await enqueuePoll(tools, tx, attempt.id, attempt.consentId, now + EXCHANGE_LOST_AFTER);
    return taken;
  });
}

/** The tenant's URL as it was registered, with three parameters behind its own; never a code or a token. */
function backToTenant(attempt: Authorization, consent: Consent, error: ConsentStatusReason | null): CallbackAnswer {
  const query = new URLSearchParams({ consentId: consent.id, status: consent.status, ...(error === null ? {} : { error }) });
  const { redirectUrl } = attempt;
  return { kind: "redirect", url: `${redirectUrl}${redirectUrl.includes("?") ? "&" : "?"}${query.toString()}` };
}

function gone(): CallbackAnswer {
  return page(410, "This request was withdrawn", "The app you came from has withdrawn it. Nothing was shared.");
}

function page(status: number, title: string, message: string): CallbackAnswer {
  return { kind: "page", status, title, message };
}
