import { isIP } from "node:net";
import { header, type Call } from "../kit/http-message.ts";
import type { TokenFacts } from "../oauth/authorization-server.ts";
import type { AccountBook } from "../ledger/account-book.ts";
import type { BankContext } from "./context.ts";
import type { Grant, Right } from "./grants.ts";
import { refused } from "./hal.ts";
import { checkSignature, identifyTpp } from "./signature-check.ts";

export interface OpenGrant {
  readonly grant: Grant;
  readonly facts: TokenFacts;
}

/** Every rule that an API call must pass before data is read; the answer says which one failed. */
export async function openGrant(call: Call, context: BankContext): Promise<OpenGrant> {
  identifyTpp(call, context);
  checkHeaders(call);
  await checkSignature(call, context);
  const bearer = /^Bearer (\S+)$/i.exec(header(call, "Authorization") ?? "")?.[1];
  if (bearer === undefined) throw unauthorized("An access token is needed.");
  const facts = await context.lookUpToken(bearer);
  const grant = context.grants.get(facts?.grantId);
  if (!facts || !grant) throw unauthorized("The access token is unknown.");
  if (grant.revoked) throw unauthorized("The access token has been revoked.");
  if (facts.expired || context.grants.isExpired(grant)) throw unauthorized("The access token has expired.");
  if (!facts.scopes.has("aisp")) throw refused(403, "The access token is not of scope aisp.");
  return { grant, facts };
}

function unauthorized(message: string) {
  return refused(401, message, { "www-authenticate": 'Bearer error="invalid_token"' });
}

function checkHeaders(call: Call): void {
  const id = header(call, "X-Request-ID");
  if (id === undefined || id.length > 70) throw refused(400, "The header X-Request-ID is mandatory and has at most 70 characters.");
  const accept = header(call, "Accept");
  if (accept !== undefined && !/application\/(?:hal\+)?json/.test(accept)) throw refused(406, "Only application/hal+json is offered.");
  const address = header(call, "PSU-IP-Address");
  if (address !== undefined && isIP(address) === 0) throw refused(400, "The header PSU-IP-Address must be an IP address.");
  const others = Object.keys(call.headers).filter((name) => name.startsWith("psu-"));
  if (address === undefined && others.length > 0) throw refused(400, `${others.join(", ")} without PSU-IP-Address.`);
}

export interface OpenAccount {
  readonly book: AccountBook;
  readonly resourceId: string;
  /** Of a deferred card's month account: `YYYY-MM` of the purchases. */
  readonly month: string | undefined;
}

/** The account behind a resource id of this grant, where there is a right on it. */
export function openAccount(context: BankContext, { grant }: OpenGrant, resourceId: string, right: Right): OpenAccount {
  const { grants, ledger } = context;
  const accountId = grants.accountOf(resourceId);
  const book = ledger.booksOf(grant.user).find(({ account }) => account.id === accountId);
  if (!book || grants.resourceId(grant, book.account.id, resourceId.split("/")[1]) !== resourceId || !isOffered(grant, book))
    throw refused(404, "The account is unknown.");
  if (!mayRead(context, grant, book, right)) throw refused(403, `No consent for TPP and scope [AISP] on ${right}.`);
  if (book.account.status === "blocked") throw refused(403, "The account is blocked.");
  return { book, resourceId, month: resourceId.split("/")[1] };
}

/** Whether the person shares the account at all. */
export function isOffered(grant: Grant, { account }: AccountBook): boolean {
  return account.status !== "deleted" && (grant.accounts === undefined || grant.accounts.includes(account.id));
}

export function mayRead({ settings, grants }: BankContext, grant: Grant, { account }: AccountBook, right: Right): boolean {
  return settings.consentModel === "full" || (grants.access(grant.user)?.[right].has(account.id) ?? false);
}

/** Without the person only so many calls in 24 hours (RTS art. 36(5)(b)). */
export function countAccess(call: Call, { settings, counter, ledger }: BankContext, { grant }: OpenGrant, endpoint: string): void {
  if (header(call, "PSU-IP-Address") !== undefined) return;
  if (!counter.allow(`${grant.id}/${endpoint}`, settings.unattendedCallsPerDay, ledger.clock.nowMs()))
    throw refused(429, `More than ${String(settings.unattendedCallsPerDay)} accesses in 24 hours without the PSU.`);
}
