import { payloadType } from "../refusal/payload.ts";
import { ConsentType, DeletionReceiptType } from "./consent.type.ts";

export const CreateConsentPayload = payloadType(
  "CreateConsent",
  "consent",
  () => ConsentType,
  "The consent: REQUESTED with its `authorizationUrl`, or FAILED where the bank could not be asked.",
);
export const RenewConsentPayload = payloadType(
  "RenewConsent",
  "consent",
  () => ConsentType,
  "The same consent, with its new `authorizationUrl`.",
);
export const DeleteConsentPayload = payloadType("DeleteConsent", "receipt", () => DeletionReceiptType, "What was erased.");
export const SetUpdateSchedulePayload = payloadType(
  "SetUpdateSchedule",
  "consent",
  () => ConsentType,
  "The consent with its new schedule.",
);
