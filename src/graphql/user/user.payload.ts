import { DeletionReceiptType } from "../consent/consent.type.ts";
import { payloadType } from "../refusal/payload.ts";
import { UserType } from "./user.type.ts";

export const CreateUserPayload = payloadType("CreateUser", "user", () => UserType, "The new user.");
export const DeleteUserPayload = payloadType("DeleteUser", "receipt", () => DeletionReceiptType, "What was erased.");
