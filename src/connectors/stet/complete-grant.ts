import { BankError } from "../../domain/failure.ts";
import type { CompletedGrant, GrantHandle, ReturnedGrant } from "../connector.ts";
import { unreadable } from "../kit/failures.ts";
import { checkIssuer } from "../kit/oauth-metadata.ts";
import { deniedBy } from "../kit/redirect-error.ts";
import { exchangeCode } from "../kit/tokens.ts";
import type { StetClient } from "./client.ts";
import { readAccounts } from "./fetch-accounts.ts";
import { refreshGrant, validUntil } from "./grant-state.ts";
import { readHandle, writeHandle } from "./handle.ts";
import { sendConsent } from "./mixed-consent.ts";

/** The user came back. A redirect proves nothing: the token does, and in the mixed model that the bank took the consent. */
export async function completeGrant(client: StetClient, returned: ReturnedGrant, signal: AbortSignal): Promise<CompletedGrant> {
  const { parameters, handle } = returned;
  const memory = readHandle(handle);
  checkIssuer(parameters, memory);
  const error = parameters["error"];
  if (error !== undefined) return deniedBy(error, parameters["error_description"]);
  if (memory.accessToken !== null) return settled(client, await live(client, handle, signal), returned, signal);
  const code = parameters["code"];
  if (code === undefined) {
    // Only polled: nobody has decided yet, as far as can be known.
    if (Object.keys(parameters).length === 0) return { outcome: "PENDING", handle };
    throw unreadable("redirect: neither code nor error");
  }
  const { codeVerifier, redirectUri } = returned;
  const { expiresAt, ...tokens } = await exchangeCode(client, { tokenUrl: memory.tokenUrl, code, redirectUri, codeVerifier }, signal);
  return settled(client, writeHandle({ ...memory, ...tokens }, expiresAt), returned, signal);
}

/** Tells the bank the consent where it wants that. The code is spent by now: what passes must not cost the tokens. */
async function settled(client: StetClient, handle: GrantHandle, { psu }: ReturnedGrant, signal: AbortSignal): Promise<CompletedGrant> {
  const memory = readHandle(handle);
  const given = (consented: readonly string[] | null): CompletedGrant => {
    const kept = writeHandle({ ...memory, consented: consented === null ? null : [...consented] }, handle.accessExpiresAt);
    return { outcome: "GIVEN", handle: kept, validUntil: validUntil(client, memory) };
  };
  if (client.profile.consent.model === "full") return given(null);
  try {
    const list = await readAccounts(client, memory, { psu }, signal);
    return given(await sendConsent(client, memory, { psu }, list, signal));
  } catch (error) {
    if (!(error instanceof BankError) || !["BANK_TEMPORARY", "RATE_LIMITED", "PROTOCOL"].includes(error.failure)) throw error;
    return { outcome: "PENDING", handle };
  }
}

/** While the bank could not be asked, the access token may have run out. Nobody else knows the grant yet, so it may be refreshed here. */
async function live(client: StetClient, handle: GrantHandle, signal: AbortSignal): Promise<GrantHandle> {
  if (handle.accessExpiresAt === null || handle.accessExpiresAt > client.clock.now()) return handle;
  return (await refreshGrant(client, handle, signal)) ?? handle;
}
