import { Field, ObjectType } from "type-graphql";
import type { Update } from "../../domain/update.ts";
import { payloadType, PayloadShape } from "../refusal/payload.ts";
import { UpdateType } from "./update.type.ts";

@ObjectType("CreateUpdatePayload", { description: "What became of `createUpdate`." })
export class CreateUpdatePayload extends PayloadShape {
  @Field(() => UpdateType, { nullable: true, description: "The update, new or already running." })
  update?: Update | null;
  @Field(() => Boolean, { description: "True when an update that was already running is returned." })
  joined!: boolean;
}

export const CancelUpdatePayload = payloadType("CancelUpdate", "update", () => UpdateType, "The update as it stands now.");
