import type { Outcome, Refusal } from "../../domain/refusal.ts";

type PlainRefusal = Extract<Refusal, { type: "InvalidInput" | "NotFound" | "Conflict" }>;

/** One refusal as a payload's `errors`. */
export function refused(type: PlainRefusal["type"], message: string, path: readonly string[]): { readonly errors: readonly Refusal[] } {
  return { errors: [{ type, message, path }] };
}

/** A payload of one object: the object under its field's name, and the refusals. A refusal may carry the object too. */
export function payload<Name extends string, T>(name: Name, outcome: Outcome<T>): Payload<Name, T> {
  const value = outcome.ok ? outcome.value : (outcome.value ?? null);
  return { [name]: value, errors: outcome.ok ? [] : outcome.refusals } as Payload<Name, T>; // a computed key loses its name
}

export type Payload<Name extends string, T> = { readonly [K in Name]?: T | null } & { readonly errors: readonly Refusal[] };
