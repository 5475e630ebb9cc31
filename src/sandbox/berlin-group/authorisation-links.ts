import type { Authorisation, Consent } from "./consent.ts";
import { absolute, linkTo, type BankContext } from "./context.ts";
import type { ScaMode } from "./options.ts";
import { METADATA_PATH } from "./token-check.ts";

export function scaApproach(mode: ScaMode): string {
  return mode === "decoupled" ? "DECOUPLED" : "REDIRECT";
}

/** The links of a started authorisation: how the person gets to the bank, and where its progress can be read. */
export function authorisationLinks(
  context: BankContext,
  consent: Consent,
  authorisation: Authorisation,
): Record<string, { readonly href: string }> {
  const scaStatus = linkTo(context, `/v1/consents/${consent.id}/authorisations/${authorisation.id}`);
  switch (context.settings.sca) {
    case "oauth-integrated":
      return { scaOAuth: absolute(context, METADATA_PATH), scaStatus };
    case "redirect":
    case "oauth-pre-step":
      return { scaRedirect: absolute(context, `/sca/redirect/${authorisation.id}`), scaStatus };
    case "decoupled":
      return { scaStatus };
  }
}
