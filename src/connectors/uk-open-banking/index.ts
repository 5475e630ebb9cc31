import type { Connector, ConnectorFactory } from "../connector.ts";
import { refreshTokens } from "../kit/tokens.ts";
import { ApplicationToken } from "./application-token.ts";
import { ServerDirectory } from "./bank-server.ts";
import { ReadWriteClient } from "./client.ts";
import { completeGrant } from "./complete-grant.ts";
import { grantState, revokeConsent } from "./consent-status.ts";
import { fetchAccounts, fetchBalances } from "./fetch-accounts.ts";
import { fetchIdentity } from "./fetch-identity.ts";
import { fetchTransactions } from "./fetch-transactions.ts";
import { readHandle, writeHandle } from "./handle.ts";
import { openGrant } from "./open-consent.ts";
import type { Parts } from "./parts.ts";

/**
 * UK Open Banking Read/Write, account information, 3.1 (written against 3.1.11) and 4.0: one model reads the long names of the one and the four-letter
 * codes of the other. Encrypted (JWE) answers, JARM and the event notifications are not spoken.
 * @throws Error for a bank without a connection, and for a profile option that is unknown or wrong, naming it
 */
export const createUkOpenBankingConnector: ConnectorFactory = (bank, { clock }): Connector => {
  if (bank.connection === null) throw new Error(`bank "${bank.id}" has no connection`);
  const client = new ReadWriteClient(bank, bank.connection, clock);
  const servers = new ServerDirectory(client);
  const parts: Parts = {
    client,
    servers,
    application: new ApplicationToken(client, servers),
    learned: { version: null, partyPsu: true },
  };
  return {
    answersInFragment: client.profile.responseType === "code id_token",
    openGrant: (request, signal) => openGrant(parts, request, signal),
    completeGrant: (returned, signal) => completeGrant(parts, returned, signal),
    grantState: (call, signal) => grantState(parts, call, signal),
    async refresh(handle, signal) {
      const memory = readHandle(handle);
      if (memory.refreshToken === null) return null;
      const { accessToken, refreshToken, expiresAt } = await refreshTokens(client, memory.tokenUrl, memory.refreshToken, signal);
      return writeHandle({ ...memory, accessToken, refreshToken }, expiresAt);
    },
    revoke: (call, signal) => revokeConsent(parts, call, signal),
    accounts: (call, signal) => fetchAccounts(parts, call, signal),
    balances: (call, account, signal) => fetchBalances(parts, call, account, signal),
    transactions: (call, request, signal) => fetchTransactions(parts, call, request, signal),
    identity: (call, accounts, signal) => fetchIdentity(parts, call, accounts, signal),
    close: () => client.http.close(),
  };
};
