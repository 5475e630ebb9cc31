import type { Caller } from "./access.ts";

/** Whether the caller may see bank data at all. Identity data needs {@link mayReadIdentity}. */
export function mayRead(caller: Caller): boolean {
  return caller.kind === "tenant" || (caller.kind === "user" && caller.scopes.includes("READ"));
}

/** Whether the caller may open, renew or delete consents and start updates. What belongs to the tenant as a whole needs {@link isTenant}. */
export function mayWrite(caller: Caller): boolean {
  return caller.kind === "tenant" || (caller.kind === "user" && caller.scopes.includes("WRITE"));
}

/** Verified identity (KYC) needs its own scope on a user token, besides the consent's scope IDENTITY. */
export function mayReadIdentity(caller: Caller): boolean {
  return caller.kind === "tenant" || (caller.kind === "user" && caller.scopes.includes("IDENTITY"));
}

/** A backend with an API key: the only one that may manage users, tokens and URLs. */
export function isTenant(caller: Caller): caller is Extract<Caller, { kind: "tenant" }> {
  return caller.kind === "tenant";
}
