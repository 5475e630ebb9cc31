import { registerEnumType } from "type-graphql";
import { Direction, TransactionStatus, VoidReason } from "../../domain/transaction.ts";

registerEnumType(TransactionStatus, {
  name: "TransactionStatus",
  description: "Where a transaction stands.",
  valuesConfig: {
    PENDING: { description: "Announced, not booked: may still change or vanish." },
    BOOKED: { description: "Booked." },
    VOIDED: { description: "Was pending or booked and is not any more; see `voidReason`." },
  },
});
registerEnumType(Direction, {
  name: "Direction",
  description: "Which way the money went.",
  valuesConfig: { CREDIT: { description: "To the holder." }, DEBIT: { description: "From the holder." } },
});
registerEnumType(VoidReason, {
  name: "VoidReason",
  description: "Why a transaction is void.",
  valuesConfig: {
    NEVER_BOOKED: { description: "It was pending and never came to be booked." },
    CANCELED_AT_BANK: { description: "The bank said that it was canceled." },
    DROPPED_BY_BANK: { description: "The bank no longer reports it." },
    MERGED: { description: "It turned out to be another row of the hub's: see `mergedInto` of the change." },
  },
});
