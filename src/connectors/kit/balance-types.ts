import type { BalanceType } from "../../domain/account.ts";

/** By letters only: banks write `closingBooked`, `CLOSING_BOOKED`, `Closing booked` and ISO 20022 codes. */
const TYPES: Readonly<Record<string, BalanceType>> = {
  closingbooked: "CLOSING_BOOKED",
  clbd: "CLOSING_BOOKED",
  openingbooked: "OPENING_BOOKED",
  opbd: "OPENING_BOOKED",
  interimbooked: "INTERIM_BOOKED",
  booked: "INTERIM_BOOKED",
  itbd: "INTERIM_BOOKED",
  previouslyclosedbooked: "PREVIOUSLY_CLOSED_BOOKED",
  prcd: "PREVIOUSLY_CLOSED_BOOKED",
  closingavailable: "CLOSING_AVAILABLE",
  clav: "CLOSING_AVAILABLE",
  openingavailable: "OPENING_AVAILABLE",
  opav: "OPENING_AVAILABLE",
  interimavailable: "INTERIM_AVAILABLE",
  available: "INTERIM_AVAILABLE",
  itav: "INTERIM_AVAILABLE",
  forwardavailable: "FORWARD_AVAILABLE",
  fwav: "FORWARD_AVAILABLE",
  closingcleared: "CLOSING_BOOKED",
  openingcleared: "OPENING_BOOKED",
  interimcleared: "INTERIM_BOOKED",
  expected: "EXPECTED",
  xpcd: "EXPECTED",
  noninvoiced: "NON_INVOICED",
  information: "INFORMATION",
  info: "INFORMATION",
};

/** OTHER for what no standard knows. */
export function balanceType(text: string | null): BalanceType {
  return TYPES[(text ?? "").toLowerCase().replace(/[^a-z]/g, "")] ?? "OTHER";
}
