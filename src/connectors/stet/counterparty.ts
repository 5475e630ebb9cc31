import { ibanOf } from "../kit/iban.ts";
import { isHolder, NOBODY, type Counterparty } from "../kit/parties.ts";
import { firstOf, meaningOf, rowOf, type Row } from "../kit/wire.ts";

/**
 * The other side (`relatedParties` from 1.4.2): the creditor where money left, the debtor where it came. Banks that name only one side, or
 * always fill the same one, are met by taking the remaining side, but never the holder's own.
 */
export function counterpartyOf(row: Row, out: boolean, iban: string | null): Counterparty {
  const parties = rowOf(row["relatedParties"]) ?? row;
  const sides = out ? (["creditor", "debtor"] as const) : (["debtor", "creditor"] as const);
  for (const side of sides) {
    const party = partyOf(parties, side);
    if (party !== null && !isHolder(party, { iban, owners: [] })) return party;
  }
  return NOBODY;
}

function partyOf(parties: Row, side: "creditor" | "debtor"): Counterparty | null {
  const ultimate = side === "creditor" ? parties["ultimateCreditor"] : parties["ultimateDebtor"];
  const name = firstOf(rowOf(parties[side])?.["name"], parties[`${side}Name`], rowOf(ultimate)?.["name"]);
  const account = rowOf(parties[`${side}Account`]);
  const iban = ibanOf(account?.["iban"]);
  const other = meaningOf(rowOf(account?.["other"])?.["identification"]);
  if (name === null && iban === null && other === null) return null;
  const agent = parties[`${side}Agent`];
  const bic = firstOf(rowOf(agent)?.["bicFi"], rowOf(agent)?.["bic"], agent);
  return { counterpartyName: name, counterpartyIban: iban, counterpartyAccount: iban === null ? other : null, counterpartyBic: bic };
}
