import { registerEnumType } from "type-graphql";
import { AccountStatus, AccountType, BalanceType } from "../../domain/account.ts";

registerEnumType(AccountType, {
  name: "AccountType",
  description: "What kind of account it is.",
  valuesConfig: {
    CURRENT: { description: "For everyday payments." },
    SAVINGS: { description: "For saving." },
    CARD: { description: "A card account." },
    LOAN: { description: "A loan or mortgage." },
    OTHER: { description: "Anything else." },
  },
});
registerEnumType(AccountStatus, {
  name: "AccountStatus",
  description: "Whether an account is in use and still shared.",
  valuesConfig: {
    ACTIVE: { description: "In use." },
    BLOCKED: { description: "Blocked at the bank." },
    CLOSED: { description: "Closed at the bank; its history stays." },
    NO_LONGER_SHARED: { description: "The user does not share it any more; its history stays." },
  },
});
registerEnumType(BalanceType, {
  name: "BalanceType",
  description: "ISO 20022 balance types under readable names.",
  valuesConfig: {
    CLOSING_BOOKED: { description: "CLBD: booked, at the end of the day." },
    OPENING_BOOKED: { description: "OPBD: booked, at the start of the day." },
    INTERIM_BOOKED: { description: "ITBD: booked, at this moment." },
    PREVIOUSLY_CLOSED_BOOKED: { description: "PRCD: booked, at the end of an earlier day." },
    CLOSING_AVAILABLE: { description: "CLAV: to dispose of, at the end of the day." },
    OPENING_AVAILABLE: { description: "OPAV: to dispose of, at the start of the day." },
    INTERIM_AVAILABLE: { description: "ITAV: to dispose of, at this moment." },
    FORWARD_AVAILABLE: { description: "FWAV: to dispose of, at a later day." },
    EXPECTED: { description: "XPCD: booked and pending together." },
    NON_INVOICED: { description: "A card's spending that is not invoiced yet." },
    INFORMATION: { description: "INFO: for information only." },
    OTHER: { description: "A type of the bank's own." },
  },
});
