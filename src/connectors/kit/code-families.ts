/** ISO 20022 families as a person would say them. */
const FAMILIES: Readonly<Record<string, string>> = {
  ICDT: "Credit transfer", RCDT: "Credit transfer", ICHQ: "Cheque", RCHQ: "Cheque", IDDT: "Direct debit", RDDT: "Direct debit",
  IRCT: "Instant transfer", RRCT: "Instant transfer", CCRD: "Card payment", MCRD: "Card payment", CNTR: "Cash at the counter", DRFT: "Draft",
  MCOP: "Credit operation", MDOP: "Debit operation", CUST: "Cash", OTHR: "Other", NTAV: "Other", FTLN: "Loan", MGLN: "Mortgage",
}; // prettier-ignore

/** What a bank transaction code `DOMN-FMLY-SUBF` says; null for codes of another form, and unknown families. */
export function familyName(code: string | null): string | null {
  const family = /^[A-Z]{4}-([A-Z]{4})/.exec(code ?? "")?.[1];
  return (family === undefined ? undefined : FAMILIES[family]) ?? null;
}
