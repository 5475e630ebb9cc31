import type { Connector, GrantCall } from "../connectors/connector.ts";
import type { Consent, ConsentStatusReason } from "../domain/consent.ts";
import { BankError } from "../domain/failure.ts";
import { MINUTE, SECOND } from "../domain/time.ts";
import type { PsuContext } from "../domain/update.ts";
import { endConsent, type ConsentEnd } from "./end-consent.ts";
import type { Grants, OpenGrant } from "./grants.ts";
import { heldOf, refreshOnce, type Held } from "./refresh.ts";
import type { Tools } from "./tools.ts";

const REFRESH_BEFORE = MINUTE;
const STATE_DEADLINE = 20 * SECOND;

export function createGrantKeeper(tools: Tools): Grants {
  return { open: (consent, psu) => openGrant(tools, consent, psu) };
}

/** `supersededBy` = the end to record instead of the bank's, where the caller knows why the bank ended the grant. */
export async function openGrant(tools: Tools, consent: Consent, psu: PsuContext | null, endAs?: ConsentEnd): Promise<OpenGrant | null> {
  const bank = tools.banks.byId(consent.bankId);
  const connector = bank && tools.connectorFor(bank);
  if (!bank || !connector || consent.currentGrantId === null) return null;
  const [grant, wrapped] = [await tools.store.grant(consent.currentGrantId), await tools.store.wrappedKey(consent.id)];
  if (!grant || wrapped === null) return null;
  const key = tools.vault.openKey(wrapped, consent);
  const first = heldOf(key, grant);
  if (!first) return null;
  let held: Held = first;

  const renew = async (signal: AbortSignal): Promise<boolean> => {
    let answer: Held | "GONE" | "NONE";
    try {
      answer = await refreshOnce(tools, { grant: grant.id, key, connector }, held, signal);
    } catch (error) {
      if (!(error instanceof BankError) || error.failure !== "CONSENT_INVALID") throw error;
      const state = await askState(connector, { handle: held.handle, psu: null }, signal);
      // Where the token is all there is to ask with, the refusal itself is the bank's last word.
      return end(state ?? (error.code === "CONSENT_REVOKED" ? "REVOKED" : null));
    }
    if (answer === "GONE") throw replaced();
    if (answer !== "NONE") held = answer;
    return answer !== "NONE";
  };

  /** Ends the consent as the bank's state says; a state that still looks alive means that our tokens are dead: it takes the user again. */
  const end = async (state: "EXPIRED" | "REVOKED" | null): Promise<never> => {
    const status = state ?? "EXPIRED";
    const reason: ConsentStatusReason = status === "REVOKED" ? "REVOKED_AT_BANK" : "VALIDITY_ENDED";
    const ended = await endConsent(tools, consent.id, grant.id, endAs ?? { status, reason, attention: "RENEWAL_REQUIRED" });
    if (!ended) throw replaced();
    const code = status === "REVOKED" ? "CONSENT_REVOKED" : "CONSENT_EXPIRED";
    throw new BankError("CONSENT_INVALID", code, "the bank has ended the grant");
  };

  const confirmEnd = async (failure: BankError, signal: AbortSignal): Promise<never> => {
    const state = await askState(connector, { handle: held.handle, psu: null }, signal);
    if (state !== null) return end(state);
    // One refusal that the bank's own status does not confirm says nothing about the consent (engine.md section 1).
    throw new BankError("ACCOUNT_UNAVAILABLE", "ACCOUNT_NOT_ACCESSIBLE", "refused, although the grant is in force", {
      bankCode: failure.bankCode,
      supportReference: failure.supportReference,
      cause: failure,
    });
  };

  return {
    bank,
    grant,
    connector,
    seal: (column, plain) => key.seal(column, plain),
    async call(run, signal) {
      const { accessExpiresAt } = held.handle;
      if (accessExpiresAt !== null && accessExpiresAt - tools.clock.now() < REFRESH_BEFORE) await renew(signal);
      for (let attempt = 1; ; attempt++) {
        const used = held;
        try {
          return await run({ handle: used.handle, psu }, signal);
        } catch (error) {
          if (!(error instanceof BankError)) throw error;
          if (error.failure === "CONSENT_INVALID") return confirmEnd(error, signal);
          if (error.failure !== "TOKEN_EXPIRED") throw error;
          // A parallel call may have refreshed while this one was under way: then its token is tried first.
          if (attempt === 1 && (held !== used || (await renew(signal)))) continue;
          if (attempt === 1) return end(await askState(connector, { handle: held.handle, psu: null }, signal));
          return confirmEnd(error, signal);
        }
      }
    },
  };

  function replaced(): BankError {
    // Temporary: who comes back finds the consent's new grant, or finds it gone.
    return new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "the grant was replaced meanwhile");
  }
}

/** The bank's word on a grant that it has refused; null = it is alive, or nobody can say. */
async function askState(connector: Connector, call: GrantCall, signal: AbortSignal): Promise<"EXPIRED" | "REVOKED" | null> {
  try {
    const { status } = await connector.grantState(call, AbortSignal.any([signal, AbortSignal.timeout(STATE_DEADLINE)]));
    if (status === "EXPIRED") return "EXPIRED";
    return status === "REVOKED" || status === "REJECTED" ? "REVOKED" : null;
  } catch (error) {
    if (error instanceof BankError || !signal.aborted) return null;
    throw error;
  }
}
