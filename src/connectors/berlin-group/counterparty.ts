import type { AccountMemory } from "./account-memory.ts";
import { ibanOf } from "../kit/iban.ts";
import { isHolder, NOBODY, type Counterparty } from "../kit/parties.ts";
import { firstOf, meaningOf, rowOf, type Row } from "../kit/wire.ts";

/**
 * The other side: the creditor where money left, the debtor where it came. Banks that name only one side, or always fill the same one, are met by
 * taking the remaining side, but never the holder's own.
 */
export function counterpartyOf(row: Row, out: boolean, account: AccountMemory): Counterparty {
  const sides = out ? (["creditor", "debtor"] as const) : (["debtor", "creditor"] as const);
  for (const side of sides) {
    const party = partyOf(row, side);
    if (party !== null && !isHolder(party, account)) return party;
  }
  const merchant = firstOf(row["cardAcceptorId"], row["merchantName"]);
  return merchant === null ? NOBODY : { ...NOBODY, counterpartyName: merchant };
}

/** The only side that an unsigned row names; null where both or none are. */
export function sideNamed(row: Row): "creditor" | "debtor" | null {
  const [creditor, debtor] = [partyOf(row, "creditor"), partyOf(row, "debtor")];
  return creditor !== null && debtor === null ? "creditor" : debtor !== null && creditor === null ? "debtor" : null;
}

function partyOf(row: Row, side: "creditor" | "debtor"): Counterparty | null {
  const ultimate = side === "creditor" ? row["ultimateCreditor"] : row["ultimateDebtor"];
  const name = firstOf(row[`${side}Name`], rowOf(row[side])?.["name"], ultimate);
  const reference = rowOf(row[`${side}Account`]);
  const iban = ibanOf(reference?.["iban"] ?? row[`${side}Account`]);
  const other = firstOf(
    reference?.["bban"],
    reference?.["maskedPan"],
    reference?.["msisdn"],
    rowOf(reference?.["other"])?.["identification"],
  );
  if (name === null && iban === null && other === null) return null;
  const agent = row[`${side}Agent`];
  const bic = meaningOf(agent) ?? firstOf(rowOf(agent)?.["bicFi"], rowOf(agent)?.["bic"]);
  return { counterpartyName: name, counterpartyIban: iban, counterpartyAccount: iban === null ? other : null, counterpartyBic: bic };
}
