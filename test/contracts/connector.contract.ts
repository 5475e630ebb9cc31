import { accountClauses } from "./connector-accounts.ts";
import type { Clause } from "./connector-bench.ts";
import { failureClauses } from "./connector-failures.ts";
import { grantClauses } from "./connector-grants.ts";
import { transactionClauses } from "./connector-transactions.ts";

/** The exam of every standard: rules as data, checked by `test/connectors.test.ts` against that standard's sandbox bank. */
export const connectorContract: readonly Clause[] = [...grantClauses, ...accountClauses, ...transactionClauses, ...failureClauses];
