import type { ConsentScope } from "./bank.ts";
import type { Consent } from "./consent.ts";
import type { BankErrorInfo } from "./failure.ts";
import type { Instant } from "./time.ts";

/** An answer or refusals that the caller can act on; a refusal may still carry the object it made (a FAILED consent). */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusals: readonly Refusal[]; readonly value?: T };

/** What the schema's UserError types are made of. `path` names the input field. */
export type Refusal =
  | { readonly type: "InvalidInput" | "NotFound" | "Conflict"; readonly message: string; readonly path: readonly string[] }
  | {
      readonly type: "RedirectUrlNotRegistered" | "CallbackUrlNotRegistered";
      readonly message: string;
      readonly path: readonly string[];
      readonly registered: readonly string[];
    }
  | {
      readonly type: "ScopeNotSupported";
      readonly message: string;
      readonly path: readonly string[];
      readonly supported: readonly ConsentScope[];
    }
  | { readonly type: "ConsentNotUsable"; readonly message: string; readonly path: readonly string[]; readonly consent: Consent }
  | { readonly type: "QuotaSpent"; readonly message: string; readonly path: readonly string[]; readonly retryAt: Instant | null }
  | { readonly type: "BankUnavailable"; readonly message: string; readonly path: readonly string[]; readonly error: BankErrorInfo };
