import { expect, it } from "vitest";
import { FIRST_HASH } from "../../src/domain/audit.ts";
import { aWorld, NOW, type OpenStore } from "./store-fixtures.ts";

export function auditContract(get: () => OpenStore): void {
  it("lets nobody change or remove what was written: the database itself refuses", async () => {
    const { store, execute } = get();
    const { tenantId } = await aWorld(store);
    const deed = { tenantId, at: NOW, actor: "hub", action: "consentGiven", subject: "con_x", outcome: "DONE" };
    await store.tx((tx) => tx.appendAudit(deed));
    await store.tx((tx) => tx.appendAudit(deed));
    for (const statement of ["update audit_entry set actor = 'nobody'", "delete from audit_entry"])
      await expect(execute(statement)).rejects.toThrow("append-only");
    const { rows } = await store.auditEntries(tenantId, { limit: 10, position: null, backward: false });
    expect(rows.map(({ seq, actor }) => [seq, actor])).toEqual([
      [2, "hub"],
      [1, "hub"],
    ]);
    expect([rows[0]?.previousHash, rows[1]?.previousHash]).toEqual([rows[1]?.hash, FIRST_HASH]);
  });
}
