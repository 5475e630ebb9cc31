import { createHash } from "node:crypto";
import type { LedgerAccount, LedgerUser } from "../ledger/model.ts";

/** OBParty2 of a person by name. The ledger knows no more than names, so the rest is made of them: the same for the same name. */
export function wireParty(name: string, role: "Sole" | "Joint" | "Delegate"): Record<string, unknown> {
  const digest = createHash("sha256").update(name).digest();
  const mail = name
    .normalize("NFKD")
    .replace(/[^A-Za-z]+/g, ".")
    .toLowerCase();
  return {
    PartyId: `PABC${digest.toString("hex").slice(0, 12)}`,
    PartyType: role,
    Name: name,
    FullLegalName: name,
    EmailAddress: `${mail}@example.com`,
    Mobile: `+44-7700900${String(digest.readUInt16BE(0) % 1000).padStart(3, "0")}`,
    Address: [
      {
        StreetName: "Sandbox Street",
        BuildingNumber: String(1 + (digest[2] ?? 0)),
        PostCode: "EC1A 1BB",
        TownName: "London",
        Country: "GB",
      },
    ],
  };
}

export function partyOfUser(user: LedgerUser, accounts: readonly LedgerAccount[]): Record<string, unknown> {
  const joint = accounts.some(({ owners }) => owners.length > 1);
  return wireParty(user.fullName, joint ? "Joint" : "Sole");
}

export function partiesOf({ owners }: LedgerAccount): Record<string, unknown>[] {
  return owners.map(({ name, role }) => wireParty(name, role !== "owner" ? "Delegate" : owners.length > 1 ? "Joint" : "Sole"));
}
