import type { ConsentScope } from "../../domain/bank.ts";
import type { Profile } from "./profile.ts";

/**
 * What each scope needs, no more. Detail instead of Basic, because Basic hides account numbers and narratives; `ReadPAN` never: it would show card
 * numbers in clear. Credits and Debits must come with Basic or Detail (Account and Transaction API, "Permission Codes").
 */
const OF_SCOPE: Readonly<Record<ConsentScope, readonly string[]>> = {
  ACCOUNTS: ["ReadAccountsDetail"],
  BALANCES: ["ReadBalances"],
  TRANSACTIONS: ["ReadTransactionsCredits", "ReadTransactionsDebits", "ReadTransactionsDetail"],
  IDENTITY: ["ReadParty", "ReadPartyPSU"],
};

export function permissionsFor(scopes: readonly ConsentScope[], { extraPermissions, omitPermissions }: Profile["consent"]): string[] {
  const wanted = [...OF_SCOPE.ACCOUNTS, ...scopes.flatMap((scope) => OF_SCOPE[scope]), ...extraPermissions];
  return [...new Set(wanted)].filter((permission) => !omitPermissions.includes(permission));
}

export function mayRead(permissions: readonly string[]): {
  readonly balances: boolean;
  readonly transactions: boolean;
  readonly party: boolean;
  readonly partyPsu: boolean;
} {
  const has = (permission: string) => permissions.includes(permission);
  return {
    balances: has("ReadBalances"),
    transactions: has("ReadTransactionsDetail") || has("ReadTransactionsBasic"),
    party: has("ReadParty"),
    partyPsu: has("ReadPartyPSU"),
  };
}
