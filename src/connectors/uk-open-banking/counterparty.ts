import { ibanOf } from "../kit/iban.ts";
import { isHolder, NOBODY, type Counterparty } from "../kit/parties.ts";
import { firstOf, meaningOf, rowOf, type Row } from "../kit/wire.ts";
import type { AccountMemory } from "./account-memory.ts";
import { bicOf } from "./normalise-account.ts";

/** The other side: the creditor where money left, the debtor where it came, else whichever side is not the holder's own, else the merchant. */
export function counterpartyOf(row: Row, out: boolean, account: AccountMemory): Counterparty {
  const sides = out ? (["Creditor", "Debtor"] as const) : (["Debtor", "Creditor"] as const);
  const merchant = meaningOf(rowOf(row["MerchantDetails"])?.["MerchantName"]);
  for (const side of sides) {
    const party = partyOf(row, side);
    if (party !== null && !isHolder(party, account)) return { ...party, counterpartyName: party.counterpartyName ?? merchant };
  }
  return merchant === null ? NOBODY : { ...NOBODY, counterpartyName: merchant };
}

function partyOf(row: Row, side: "Creditor" | "Debtor"): Counterparty | null {
  const account = rowOf(row[`${side}Account`]);
  const name = firstOf(account?.["Name"], rowOf(row[`Ultimate${side}`])?.["Name"]);
  const identification = meaningOf(account?.["Identification"]);
  const iban = ibanOf(identification);
  if (name === null && identification === null) return null;
  const other = iban === null ? identification : null;
  return { counterpartyName: name, counterpartyIban: iban, counterpartyAccount: other, counterpartyBic: bicOf(row[`${side}Agent`]) };
}
