import { registerEnumType } from "type-graphql";
import { BankRevocation, ConsentAttention, ConsentStatus, ConsentStatusReason } from "../../domain/consent.ts";

registerEnumType(ConsentStatus, {
  name: "ConsentStatus",
  description: "Where a consent stands.",
  valuesConfig: {
    REQUESTED: { description: "Waits for the user to approve it at the bank." },
    GIVEN: { description: "In force: updates can run." },
    REJECTED: { description: "The user or the bank said no." },
    FAILED: { description: "It came to nothing for a technical reason, or nobody came back in time." },
    EXPIRED: { description: "Its time at the bank is over; renew it to go on." },
    REVOKED: { description: "Withdrawn at the bank or replaced by a newer one; renew it to go on." },
  },
});
registerEnumType(ConsentStatusReason, {
  name: "ConsentStatusReason",
  description: "Why a consent has its status, where there is more to say.",
  valuesConfig: {
    USER_DENIED: { description: "The user declined at the bank." },
    BANK_REJECTED: { description: "The bank refused." },
    AUTHORIZATION_TIMED_OUT: { description: "Nobody came back from the bank in time." },
    CODE_EXCHANGE_FAILED: { description: "The bank did not turn the user's approval into access." },
    STATE_MISMATCH: { description: "The browser came back with a state that was not the hub's." },
    BANK_UNAVAILABLE: { description: "The bank could not be reached." },
    VALIDITY_ENDED: { description: "The consent's time is over." },
    REVOKED_AT_BANK: { description: "The user withdrew it at the bank." },
    SUPERSEDED: { description: "A newer consent of the user took its place at a bank that allows only one." },
  },
});
registerEnumType(ConsentAttention, {
  name: "ConsentAttention",
  description: "What the user has to do, if anything.",
  valuesConfig: {
    NONE: { description: "Nothing." },
    EXPIRING_SOON: { description: "It ends within 14 days: offer a renewal." },
    RENEWAL_REQUIRED: { description: "It has ended: nothing new comes in before a renewal." },
  },
});
registerEnumType(BankRevocation, {
  name: "BankRevocation",
  description: "What became of the access at the bank.",
  valuesConfig: {
    DONE: { description: "Ended at the bank." },
    ALREADY_ENDED: { description: "The bank had ended it before." },
    NOT_GIVEN: { description: "There was no access to end." },
    RETRYING: { description: "The bank did not answer: tried again in the background for 72 hours." },
  },
});
