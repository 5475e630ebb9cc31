import { postgresKit } from "../src/store/kit.ts";
import { defineTables } from "../src/store/tables.ts";

// drizzle-kit sees exported tables only. The last line fails to compile when a table is missing in the list.
const { tenant, apiKey, setting, pointsSpent, hubUser, knownBank, consent, consentKey, bankGrant, authorizationAttempt, ...more } =
  defineTables(postgresKit);
const {
  hubUpdate,
  updateStep,
  quarantine,
  bankCall,
  bankHabit,
  seenSlice,
  account,
  balance,
  identity,
  bankTransaction,
  changeLog,
  job,
  clientCertificate,
  operator,
  auditEntry,
  auditHead,
  ...missing
} = more;

export { tenant, apiKey, setting, pointsSpent, hubUser, knownBank, consent, consentKey, bankGrant, authorizationAttempt };
export { hubUpdate, updateStep, quarantine, bankCall, bankHabit, seenSlice, account, balance, identity, bankTransaction, changeLog, job };
export { clientCertificate, operator, auditEntry, auditHead };
missing satisfies Record<string, never>;
