import type { Connector, ConnectorFactory } from "../connector.ts";
import { PolishApiClient } from "./client.ts";
import { completeGrant } from "./complete-grant.ts";
import { fetchAccounts, fetchBalances, identitiesOf } from "./fetch-accounts.ts";
import { fetchTransactions, type NotOffered } from "./fetch-transactions.ts";
import { grantState, refreshGrant, revokeGrant, type Ended } from "./grant-state.ts";
import { openGrant } from "./open-grant.ts";

/**
 * PolishAPI 2.1.x and 3.0 (Związek Banków Polskich). `authorizeExt` (a code typed in by the person) and answers by callback are left out on purpose:
 * both need the bank to call us.
 * @throws Error for a bank without a connection, and for a profile option that is unknown or wrong, naming it
 */
export const createPolishApiConnector: ConnectorFactory = (bank, { clock }): Connector => {
  if (bank.connection === null) throw new Error(`bank "${bank.id}" has no connection`);
  const client = new PolishApiClient(bank, bank.connection, clock);
  const ended: Ended = new Set();
  const notOffered: NotOffered = new Set();
  return {
    openGrant: (request, signal) => openGrant(client, request, signal),
    completeGrant: (returned, signal) => completeGrant(client, returned, signal),
    grantState: (call, signal) => grantState(client, call, ended, signal),
    refresh: (handle, signal) => refreshGrant(client, handle, ended, signal),
    revoke: (call, signal) => revokeGrant(client, call, ended, signal),
    accounts: (call, signal) => fetchAccounts(client, call, signal),
    balances: (call, account, signal) => fetchBalances(client, call, account, signal),
    transactions: (call, request, signal) => fetchTransactions(client, call, request, notOffered, signal),
    // Nothing more to ask the bank for: the accounts brought their holders along.
    identity: (_call, accounts) => Promise.resolve(identitiesOf(accounts)),
    close: () => client.http.close(),
  };
};
