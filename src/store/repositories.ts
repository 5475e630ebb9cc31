import type { Db } from "./db.ts";
import type { Reads } from "./reads.ts";
import { accountReads, accountWrites } from "./repositories/accounts.ts";
import { bankReads, bankWrites } from "./repositories/banks.ts";
import { callReads, callWrites } from "./repositories/calls.ts";
import { changeReads, changeWrites } from "./repositories/changes.ts";
import { consentReads, consentWrites } from "./repositories/consents.ts";
import { eraseConsent } from "./repositories/erasure.ts";
import { endLeases } from "./repositories/leases.ts";
import { grantReads, grantWrites } from "./repositories/grants.ts";
import { habitReads, habitWrites } from "./repositories/habits.ts";
import { jobWrites } from "./repositories/jobs.ts";
import { onboardingReads, onboardingWrites } from "./repositories/onboarding.ts";
import { sealedReads, sealedWrites } from "./repositories/sealed.ts";
import { seenReads, seenWrites } from "./repositories/seen.ts";
import { tenantReads, tenantWrites } from "./repositories/tenants.ts";
import { transactionReads, transactionWrites } from "./repositories/transactions.ts";
import { updateReads, updateWrites } from "./repositories/updates.ts";
import type { Tx } from "./store.ts";

/** All reads over one session. */
export function readsOver(db: Db): Reads {
  return {
    ...tenantReads(db),
    ...onboardingReads(db),
    ...sealedReads(db),
    ...bankReads(db),
    ...consentReads(db),
    ...grantReads(db),
    ...updateReads(db),
    ...accountReads(db),
    ...transactionReads(db),
    ...seenReads(db),
    ...changeReads(db),
    ...callReads(db),
    ...habitReads(db),
  };
}

/** All reads and writes over one session that is in a transaction. */
export function txOver(db: Db): Tx {
  return {
    ...readsOver(db),
    ...tenantWrites(db),
    ...onboardingWrites(db),
    ...sealedWrites(db),
    ...bankWrites(db),
    ...consentWrites(db),
    ...grantWrites(db),
    ...updateWrites(db),
    ...accountWrites(db),
    ...transactionWrites(db),
    ...seenWrites(db),
    ...changeWrites(db),
    ...callWrites(db),
    ...habitWrites(db),
    ...jobWrites(db),
    eraseConsent: (consent) => eraseConsent(db, consent),
    endLeases: () => endLeases(db),
  };
}
