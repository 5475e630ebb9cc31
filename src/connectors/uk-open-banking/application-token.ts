import { BankError } from "../../domain/failure.ts";
import { MINUTE, SECOND, type Instant } from "../../domain/time.ts";
import { tokenRequest } from "../kit/tokens.ts";
import { TPP_REFUSED } from "../kit/verdicts.ts";
import type { ReadWriteClient } from "./client.ts";
import type { ServerDirectory } from "./bank-server.ts";

/** Tokens die a little before the bank says so. */
const EARLY = 30 * SECOND;
const UNKNOWN_LIFE = 5 * MINUTE;

/** The client's own token (client credentials) for the consent endpoints: one for all calls, got anew when it dies. */
export class ApplicationToken {
  readonly #client: ReadWriteClient;
  readonly #servers: ServerDirectory;
  #held: { readonly token: string; readonly until: Instant } | null = null;

  constructor(client: ReadWriteClient, servers: ServerDirectory) {
    this.#client = client;
    this.#servers = servers;
  }

  /**
   * Runs a call with the token. Where the bank says that it is dead, once more with a new one.
   * @throws BankError TPP_NOT_ACCEPTED where a new one is refused too
   */
  async using<T>(run: (token: string) => Promise<T>, signal: AbortSignal): Promise<T> {
    const kept = this.#held !== null && this.#held.until > this.#client.clock.now() ? this.#held.token : null;
    const token = kept ?? (await this.#fetch(signal));
    try {
      return await run(token);
    } catch (error) {
      if (!(error instanceof BankError) || error.failure !== "TOKEN_EXPIRED") throw error;
      this.#held = null;
      if (kept === null) throw refused(error);
    }
    try {
      return await run(await this.#fetch(signal));
    } catch (error) {
      throw error instanceof BankError && error.failure === "TOKEN_EXPIRED" ? refused(error) : error;
    }
  }

  async #fetch(signal: AbortSignal): Promise<string> {
    const { tokenUrl } = await this.#servers.server(signal);
    const form = { grant_type: "client_credentials", scope: this.#client.profile.applicationScope };
    const { accessToken, expiresAt } = await tokenRequest(this.#client, tokenUrl, form, TPP_REFUSED, signal);
    const until = expiresAt === null ? this.#client.clock.now() + UNKNOWN_LIFE : expiresAt - EARLY;
    this.#held = { token: accessToken, until };
    return accessToken;
  }
}

function refused({ bankCode, supportReference }: BankError): BankError {
  return new BankError("TPP_NOT_ACCEPTED", "UNKNOWN", "the bank refuses the token that it has just issued", { bankCode, supportReference });
}
