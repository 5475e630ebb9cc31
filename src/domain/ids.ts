/**
 * # Glossary: one word for one thing
 *
 * - **Tenant**: a fintech's backend that uses the hub. Owns users. Authenticates with API keys.
 * - **Operator**: whoever runs the hub. Decides about tenants, and reads no data of theirs.
 * - **User** (the standards' PSU): a person or firm whose accounts are read. Known to the tenant by `clientId`.
 * - **Bank** (the standards' ASPSP): an institution of the directory that speaks one **standard**.
 * - **Consent**: the hub's object for "this user lets us read this bank". Lives through renewals.
 * - **Grant**: one consent *at the bank*, with its tokens and its validity. A consent has one current grant, and many over time.
 * - **Authorization**: one attempt of the user to approve a grant (SCA): state, PKCE verifier, outcome.
 * - **SCA**: strong customer authentication; what the user does on the bank's own pages.
 * - **Update**: one durable run that brings a consent's accounts, balances, transactions and identity up to date.
 * - **Step**: one part of an update: the account list, the identity, or one account's balances, recent days, or long history.
 * - **Page**: what one call to the bank answered; stored in one database transaction with its cursor and change rows.
 * - **Epoch**: how often a worker took the update over. A write of an older epoch is refused (fencing).
 * - **Attended / unattended**: the user is present (PSU headers sent) or not; unattended calls count against the bank's quota.
 * - **Booked / pending / voided**: where a transaction stands. Voided rows once were pending or booked and are not any more.
 * - **Booking date, value date, transaction date**: days as the bank states them, never instants.
 * - **Remittance**: what the payer wrote. **Counterparty**: the other side, never the holder.
 * - **Entry reference / bank transaction id**: the bank's names for a row; untrusted evidence, never our identity.
 * - **Coverage**: the days of an account for which every transaction is here, proven by complete steps.
 * - **Change**: one row of a user's append-only log; its **cursor** is the position a client resumes from.
 * - **Hint**: "something of this id moved, read it again"; may be lost or doubled without harm.
 */
export type TenantId = `ten_${string}`;
export type UserId = `usr_${string}`;
export type BankId = string & { readonly bank?: never };
export type ConsentId = `con_${string}`;
export type GrantId = `gra_${string}`;
export type AuthorizationId = `aut_${string}`;
export type UpdateId = `upd_${string}`;
export type AccountId = `acc_${string}`;
export type TransactionId = `trx_${string}`;
export type ReceiptId = `rec_${string}`;
export type EventId = `evt_${string}`;
export type OperatorId = `opr_${string}`;
export type JobId = `job_${string}`;

const PREFIXES = {
  ten: "Tenant",
  usr: "User",
  con: "Consent",
  upd: "Update",
  acc: "Account",
  trx: "Transaction",
} as const;

export type NodeType = (typeof PREFIXES)[keyof typeof PREFIXES] | "Bank";

type Prefix = "ten" | "usr" | "con" | "gra" | "aut" | "upd" | "acc" | "trx" | "rec" | "evt" | "job" | "opr";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford base 32: sorts as it counts, no i l o u

const RANDOM_CHARACTERS = 16;
/** Random bytes by the page: a call to the generator for each id is dear where ids are made by the thousand. No byte is used twice. */
const pool = new Uint8Array(RANDOM_CHARACTERS * 256);
let used = pool.length;

/**
 * A new id: prefix, 48 bits of time and 80 random bits in 26 characters of Crockford base 32 (a ULID in lower case).
 * Ids of later milliseconds sort later, which keeps index pages warm; nothing else may be read from an id.
 */
export function newId<P extends Prefix>(prefix: P, now: number = Date.now()): `${P}_${string}` {
  let time = "";
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET.charAt(rest % 32) + time;
  let random = "";
  if (used + RANDOM_CHARACTERS > pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  for (let i = 0; i < RANDOM_CHARACTERS; i++) random += ALPHABET.charAt((pool[used++] ?? 0) & 31);
  return `${prefix}_${time}${random}`;
}

/** Bank ids are an operator's own words (`sandbox-berlin-group`); as GraphQL ids they carry this prefix so that `node` knows them. */
export const BANK_NODE_PREFIX = "bank_";

const SHAPE = /^(ten|usr|con|upd|acc|trx)_[0-9a-hjkmnp-tv-z]{26}$/;

/** The type behind a global id by its prefix and shape; null where it can be no id of ours. */
export function nodeTypeOf(id: string): NodeType | null {
  if (id.startsWith(BANK_NODE_PREFIX)) return "Bank";
  const match = SHAPE.exec(id);
  return match ? PREFIXES[match[1] as keyof typeof PREFIXES] : null;
}
