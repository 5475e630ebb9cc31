import { BankError } from "../../domain/failure.ts";
import { MINUTE, type Instant } from "../../domain/time.ts";
import type { OAuthClient } from "../kit/oauth-client.ts";
import { tokenRequest } from "../kit/tokens.ts";
import { TPP_REFUSED } from "../kit/verdicts.ts";

/**
 * The hub's own token at banks that want one with every call (RFC 6749 4.4); kept in memory while it lives. No caller's signal ends the request
 * for it: other callers wait for the same one.
 */
export class ApplicationToken {
  #held: { readonly value: Promise<string>; until: Instant } | null = null;

  /** The same token for all calls until a minute before its end. @throws BankError */
  async token(client: OAuthClient): Promise<string> {
    if (this.#held === null || client.clock.now() >= this.#held.until) {
      const held = { value: this.#fetched(client), until: Number.POSITIVE_INFINITY };
      this.#held = held;
    }
    return this.#held.value;
  }

  forget(): void {
    this.#held = null;
  }

  async #fetched(client: OAuthClient): Promise<string> {
    const { tokenUrl, scope } = client.connection.auth;
    try {
      if (tokenUrl === null)
        throw new BankError("BAD_REQUEST", "UNKNOWN", "applicationToken needs the entry's auth.tokenUrl", { bankCode: "NO_TOKEN_URL" });
      const form = { grant_type: "client_credentials", ...(scope === null ? {} : { scope }) };
      const { accessToken, expiresAt } = await tokenRequest(client, tokenUrl, form, TPP_REFUSED, new AbortController().signal);
      if (this.#held && expiresAt !== null) this.#held.until = expiresAt - MINUTE;
      return accessToken;
    } catch (error) {
      this.forget();
      throw error;
    }
  }
}
