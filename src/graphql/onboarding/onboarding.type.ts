import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { Product, TenantStatus } from "../../domain/tenant.ts";
import type { Instant } from "../../domain/time.ts";
import { connectionType } from "../connection.ts";
import { DateTimeScalar } from "../scalars.ts";

registerEnumType(Product, {
  name: "Product",
  description: "What a tenant may ask banks for.",
  valuesConfig: {
    AIS: { description: "Account information: accounts, balances, transactions." },
    KYC: { description: "Verified identity of account holders." },
  },
});

registerEnumType(TenantStatus, {
  name: "TenantStatus",
  description: "Where a tenant stands with the operator of the hub.",
  valuesConfig: {
    REGISTERED: { description: "Waits for an operator; its keys are good for seeing how it stands." },
    VERIFIED: { description: "May use the hub." },
    REFUSED: { description: "May not use the hub; its keys are good for nothing." },
  },
});

@ObjectType("ApiKey", { description: "An API key as it can be shown: without its secret." })
export class ApiKeyType {
  @Field(() => ID, { description: "The part of the key after `hub_<environment>_`." })
  keyId!: string;
  @Field(() => DateTimeScalar, { description: "When it was made." })
  createdAt!: Instant;
  @Field(() => DateTimeScalar, { nullable: true, description: "When it was revoked; null while it is good." })
  revokedAt!: Instant | null;
}

@ObjectType("ClientCertificate", {
  description: "A certificate that a production tenant shows the hub; made from the tenant's own request.",
})
export class ClientCertificateType {
  @Field(() => ID, { description: "SHA-256 of its DER form, in lower-case hex." })
  fingerprint!: string;
  @Field(() => String, { description: "Its serial number, in lower-case hex." })
  serialNumber!: string;
  @Field(() => String, { description: "The certificate itself, PEM." })
  pem!: string;
  @Field(() => DateTimeScalar, { description: "When it begins to be good." })
  notBefore!: Instant;
  @Field(() => DateTimeScalar, { description: "When it ends." })
  notAfter!: Instant;
  @Field(() => DateTimeScalar, { nullable: true, description: "When it was revoked; null while it was not." })
  revokedAt!: Instant | null;
}

@ObjectType("AuditEntry", {
  description:
    "Who did what to which object, and how it ended; never the data. Each entry holds the hash of the one before: `hash` is the SHA-256, in " +
    "hex, of the JSON list `[previousHash, tenantId, sequence, at, actor, action, subject, outcome]`.",
})
export class AuditEntryType {
  @Field(() => Int, { name: "sequence", description: "Counts from 1 without gaps." })
  seq!: number;
  @Field(() => DateTimeScalar, { description: "When." })
  at!: Instant;
  @Field(() => String, { description: "`key:<keyId>`, `user:<id>`, `operator:<id>`, `command-line`, or `hub` for what it does by itself." })
  actor!: string;
  @Field(() => String, { description: "The mutation's name, or what happened, such as `consentGiven`." })
  action!: string;
  @Field(() => String, { nullable: true, description: "The id of the object; null where there is none." })
  subject!: string | null;
  @Field(() => String, { description: "`DONE`, or why it was refused." })
  outcome!: string;
  @Field(() => String, { description: "Of the entry before; 64 zeros for the first." })
  previousHash!: string;
  @Field(() => String, { description: "Of this entry." })
  hash!: string;
}

export const AuditEntryConnection = connectionType("AuditEntry", () => AuditEntryType);
