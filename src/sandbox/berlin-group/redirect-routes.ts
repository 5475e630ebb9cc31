import { redirectReply, type Call, type Reply } from "../kit/http-message.ts";
import type { Params, Route } from "../kit/router.ts";
import type { BankContext } from "./context.ts";
import type { Door, Outcome, ScaPages } from "./sca-pages.ts";

/** `/sca/redirect/<authorisationId>`: the scaRedirect link; ends at the TPP's URIs, to which nothing is added. */
export function redirectRoutes(context: BankContext, pages: ScaPages): Route[] {
  return doorRoutes(context, pages, "/sca/redirect", (consent) => (outcome) => {
    const target = outcome === "approve" ? consent.redirectUri : (consent.nokRedirectUri ?? consent.redirectUri);
    return target === undefined ? pages.done("You may close this window.") : redirectReply(target);
  });
}

/** `/sca/app/<authorisationId>`: what the bank's own app would show in the decoupled approach; no redirect follows. */
export function appRoutes(context: BankContext, pages: ScaPages): Route[] {
  return doorRoutes(
    context,
    pages,
    "/sca/app",
    () => (outcome) => pages.done(outcome === "approve" ? "The access is confirmed." : "The access is refused."),
  );
}

type Finish = (consent: NonNullable<Door["consent"]>) => (outcome: Outcome) => Reply;

function doorRoutes(context: BankContext, pages: ScaPages, path: string, finish: Finish): Route[] {
  const within = (handle: (call: Call, door: Door) => Reply | Promise<Reply>) => (call: Call, params: Params) => {
    const found = context.consents.byAuthorisation(params["authorisation"] ?? "");
    if (!found) return pages.gone();
    const { consent } = found;
    return handle(call, {
      base: `${path}/${found.authorisation.id}`,
      consent,
      expectedUser: consent.expectedUser,
      finish: finish(consent),
    });
  };
  const pattern = `${path}/:authorisation`;
  return [
    { operation: "sca-page", method: "GET", pattern, handle: within((call, door) => pages.show(call, door)) },
    { operation: "sca-login", method: "POST", pattern: `${pattern}/login`, handle: within((call, door) => pages.logIn(call, door)) },
    { operation: "sca-decision", method: "POST", pattern: `${pattern}/decision`, handle: within((call, door) => pages.decide(call, door)) },
  ];
}
