import { BankError } from "../../domain/failure.ts";
import type { Connector, ConnectorFactory } from "../connector.ts";
import { Xs2aClient } from "./client.ts";
import { completeGrant } from "./complete-grant.ts";
import { grantState, revokeConsent } from "./consent-status.ts";
import { fetchAccounts, fetchBalances, identitiesOf, type CardsOffered } from "./fetch-accounts.ts";
import { fetchTransactions, type Learned } from "./fetch-transactions.ts";
import { readHandle, writeHandle } from "./handle.ts";
import { refreshTokens } from "../kit/tokens.ts";
import { openGrant } from "./open-consent.ts";

/**
 * NextGenPSD2 XS2A 1.3.x (Berlin Group), written against 1.3.12 with 1.3.6 as the floor. Embedded SCA is left out on purpose: the user's bank
 * password would pass through us.
 * @throws Error for a bank without a connection, and for a profile option that is unknown or wrong, naming it
 */
export const createBerlinGroupConnector: ConnectorFactory = (bank, { clock }): Connector => {
  if (bank.connection === null) throw new Error(`bank "${bank.id}" has no connection`);
  const client = new Xs2aClient(bank, bank.connection, clock);
  const { bookingStatus } = client.profile.transactions;
  const learned: Learned = { statuses: bookingStatus === "auto" ? "both" : bookingStatus, xml: false };
  const offered: CardsOffered = { cards: true };
  return {
    openGrant: (request, signal) => openGrant(client, request, signal),
    completeGrant: (returned, signal) => completeGrant(client, returned, signal),
    grantState: ({ handle, psu }, signal) => grantState(client, readHandle(handle), psu, signal),
    async refresh(handle, signal) {
      const memory = readHandle(handle);
      if (memory.refreshToken === null) return null;
      const tokenUrl = memory.tokenUrl ?? client.connection.auth.tokenUrl;
      if (tokenUrl === null) throw new BankError("BAD_REQUEST", "UNKNOWN", "no token endpoint is known", { bankCode: "NO_TOKEN_URL" });
      const { accessToken, refreshToken, expiresAt } = await refreshTokens(client, tokenUrl, memory.refreshToken, signal);
      return writeHandle({ ...memory, accessToken, refreshToken }, expiresAt);
    },
    revoke: ({ handle, psu }, signal) => revokeConsent(client, readHandle(handle), psu, signal),
    accounts: (call, signal) => fetchAccounts(client, call, offered, signal),
    balances: (call, account, signal) => fetchBalances(client, call, account, signal),
    transactions: (call, request, signal) => fetchTransactions(client, call, request, learned, signal),
    // Nothing more to ask the bank for: the account list brought the names along.
    identity: (_call, accounts) => Promise.resolve(identitiesOf(accounts)),
    close: () => client.http.close(),
  };
};
