import type { Caller } from "./access.ts";

/** Whether the caller may see bank data at all. Identity data needs {@link mayReadIdentity}. */
export function mayRead(caller: Caller): boolean {
  return isTenant(caller) || (caller.kind === "user" && caller.scopes.includes("READ"));
}

/** Whether the caller may open, renew or delete consents and start updates. What belongs to the tenant as a whole needs {@link isTenant}. */
export function mayWrite(caller: Caller): boolean {
  return isTenant(caller) || (caller.kind === "user" && caller.scopes.includes("WRITE"));
}

/** Verified identity (KYC) needs its own scope on a user token, besides the consent's scope IDENTITY. */
export function mayReadIdentity(caller: Caller): boolean {
  return isTenant(caller) || (caller.kind === "user" && caller.scopes.includes("IDENTITY"));
}

/** A backend with an API key that an operator has let in: the only one that may manage users, tokens and URLs. */
export function isTenant(caller: Caller): caller is Extract<Caller, { kind: "tenant" }> {
  return caller.kind === "tenant" && caller.tenant.status === "VERIFIED";
}

/** A backend, also one that still waits for an operator's word: may see how it stands and change what it asks for. */
export function isApplicant(caller: Caller): caller is Extract<Caller, { kind: "tenant" }> {
  return caller.kind === "tenant";
}

/** Whoever runs the hub: decides about tenants, reads no data of theirs. */
export function isOperator(caller: Caller): caller is Extract<Caller, { kind: "operator" }> {
  return caller.kind === "operator";
}
