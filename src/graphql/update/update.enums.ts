import { registerEnumType } from "type-graphql";
import { BankErrorCode } from "../../domain/failure.ts";
import { StepStatus, UpdateStatus, UpdateTrigger, WaitReason } from "../../domain/update.ts";

registerEnumType(UpdateStatus, {
  name: "UpdateStatus",
  description:
    "Where an update stands. COMPLETED = every account fetched whole, processed, unified; anything less is PARTIALLY_COMPLETED or FAILED.",
  valuesConfig: {
    QUEUED: { description: "Will start by itself." },
    RUNNING: { description: "At work." },
    WAITING: { description: "Goes on by itself at `nextAttemptAt`; what was fetched is kept." },
    COMPLETED: { description: "Everything is here. Final." },
    PARTIALLY_COMPLETED: { description: "Some steps failed, each with its error; the rest is here. Final." },
    FAILED: { description: "Nothing usable came, or the consent has ended. Final." },
    CANCELED: { description: "Stopped on request, or with its consent. Final." },
  },
});
registerEnumType(UpdateTrigger, {
  name: "UpdateTrigger",
  description: "What started an update.",
  valuesConfig: {
    API: { description: "`createUpdate`." },
    CONSENT_GIVEN: { description: "A consent that was created with `startUpdate`." },
    SCHEDULE: { description: "The consent's schedule." },
  },
});
registerEnumType(WaitReason, {
  name: "WaitReason",
  description: "Why an update waits.",
  valuesConfig: {
    BANK_QUOTA_SPENT: { description: "The bank allows no more calls for now." },
    BANK_UNAVAILABLE: { description: "The bank does not answer." },
    BANK_PREPARING_DATA: { description: "The bank is still putting the answer together." },
  },
});
registerEnumType(StepStatus, {
  name: "StepStatus",
  description: "Where a step stands.",
  valuesConfig: {
    PENDING: { description: "Not begun." },
    RUNNING: { description: "At work." },
    DONE: { description: "Complete." },
    SKIPPED: { description: "Not needed or not permitted." },
    FAILED: { description: "Given up; see its error." },
  },
});
registerEnumType(BankErrorCode, {
  name: "BankErrorCode",
  description: "What went wrong at the bank, in the hub's words for all standards.",
  valuesConfig: {
    CONSENT_EXPIRED: { description: "The access has ended: renew the consent." },
    CONSENT_REVOKED: { description: "The access was withdrawn: renew the consent." },
    CONSENT_INVALID: { description: "The bank no longer accepts the access: renew the consent." },
    QUOTA_EXCEEDED: { description: "No more calls without the user for now." },
    ACCOUNT_NOT_ACCESSIBLE: { description: "The bank does not give access to this account." },
    PERIOD_NOT_AVAILABLE: { description: "The bank does not serve this period." },
    BANK_UNAVAILABLE: { description: "The bank cannot be reached." },
    BANK_TIMEOUT: { description: "The bank did not answer in time." },
    BANK_BAD_RESPONSE: { description: "The bank's answer cannot be read." },
    UNKNOWN: { description: "The bank refused for a reason of its own." },
  },
});
