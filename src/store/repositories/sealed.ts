import type { ConsentId, TenantId } from "../../domain/ids.ts";
import type { Db } from "../db.ts";
import type { Reads, SealedPlace, SealedRow } from "../reads.ts";
import { raw, sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

/** Key and text column of each place; `tenant` and `consent` are what the text is bound to. */
const PLACES: Readonly<Record<SealedPlace, { key: string; text: string; tenant: string; consent: string }>> = {
  setting: { key: "name", text: "value", tenant: "null", consent: "null" },
  tenant: { key: "id", text: "callback_secret_sealed", tenant: "t.id", consent: "null" },
  consent_key: {
    key: "consent_id",
    text: "wrapped_key",
    tenant: "(select c.tenant_id from consent c where c.id = t.consent_id)",
    consent: "t.consent_id",
  },
  authorization_attempt: { key: "id", text: "sealed", tenant: "null", consent: "t.consent_id" },
  job: { key: "id", text: "payload", tenant: "null", consent: "null" },
};

export function sealedReads(db: Db) {
  return {
    async sealedRows(place, after, limit) {
      const { key, text, tenant, consent } = PLACES[place];
      const rows = await db.all(
        sql`select ${raw(`t.${key} as "id", t.${text} as "text", ${tenant} as "tenantId", ${consent} as "consentId" from ${place} t`)}
          where ${raw(`t.${key}`)} > ${after} order by ${raw(`t.${key}`)} limit ${limit}`,
      );
      return rows.map((row): SealedRow => {
        const [tenantId, consentId] = [row["tenantId"] as TenantId | null, row["consentId"] as ConsentId | null];
        return { place, id: String(row["id"]), text: String(row["text"]), tenantId, consentId };
      });
    },
  } satisfies Partial<Reads>;
}

export function sealedWrites(db: Db) {
  return {
    async replaceSealed({ place, id, text: before }, text) {
      const { key, text: column } = PLACES[place];
      return (
        (await db.run(sql`update ${raw(place)} set ${raw(column)} = ${text} where ${raw(key)} = ${id} and ${raw(column)} = ${before}`)) > 0
      );
    },
  } satisfies Partial<Writes>;
}
