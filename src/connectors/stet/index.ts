import type { Connector, ConnectorFactory } from "../connector.ts";
import { StetClient } from "./client.ts";
import { completeGrant } from "./complete-grant.ts";
import { fetchAccounts, fetchBalances } from "./fetch-accounts.ts";
import { fetchTransactions, type Learned } from "./fetch-transactions.ts";
import { grantState, refreshGrant, revokeGrant } from "./grant-state.ts";
import { fetchIdentities } from "./identity.ts";
import { openGrant } from "./open-grant.ts";

/**
 * STET PSD2 1.4.x, with what 1.5 adds for account information (owners, FUTR/INFO/RJCT, workspaces); written against 1.4.0.47, 1.4.2.17 and 1.5.0.43.
 * @throws Error for a bank without a connection, and for a profile option that is unknown or wrong, naming it
 */
export const createStetConnector: ConnectorFactory = (bank, { clock }): Connector => {
  if (bank.connection === null) throw new Error(`bank "${bank.id}" has no connection`);
  const client = new StetClient(bank, bank.connection, clock);
  const { dateFormat } = client.profile.transactions;
  const learned: Learned = { dateForm: dateFormat === "auto" ? "date-time" : dateFormat };
  return {
    openGrant: (request, signal) => openGrant(client, request, signal),
    completeGrant: (returned, signal) => completeGrant(client, returned, signal),
    grantState: (call, signal) => grantState(client, call, signal),
    refresh: (handle, signal) => refreshGrant(client, handle, signal),
    revoke: (call, signal) => revokeGrant(client, call, signal),
    accounts: (call, signal) => fetchAccounts(client, call, signal),
    balances: (call, account, signal) => fetchBalances(client, call, account, signal),
    transactions: (call, request, signal) => fetchTransactions(client, call, request, learned, signal),
    identity: (call, accounts, signal) => fetchIdentities(client, call, accounts, signal),
    close: () => client.http.close(),
  };
};
