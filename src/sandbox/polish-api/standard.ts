import type { Standard } from "../kit/dispatcher.ts";
import type { Fault } from "../kit/faults/fault.ts";
import type { Call, Reply } from "../kit/http-message.ts";
import { isNamed } from "./account-number.ts";
import { errorReply } from "./api-error.ts";
import type { BankContext } from "./context.ts";
import { polishApiShape } from "./shape.ts";
import { standardFaultReply } from "./standard-faults.ts";

/** PolishAPI's words for the dispatcher. */
export function polishApiStandard(context: BankContext): Standard {
  return {
    shape: polishApiShape(context.ledger.clock),
    faultReply: (fault, call) => standardFaultReply(fault, call, context),
    unknownPath: () => errorReply(context, 404, "NOT_FOUND", "There is nothing at this path."),
    methodNotAllowed: (allowed) =>
      errorReply(context, 405, "METHOD_NOT_ALLOWED", "The method is not offered here.", { headers: { allow: allowed.join(", ") } }),
    crashed: (message) => errorReply(context, 500, "INTERNAL_ERROR", message),
    accountNames: (call) => accountNames(call, context),
    noted,
    sealed: (reply, _call, operation, faults) => sealed(context, reply, operation, faults),
  };
}

interface LooseBody {
  readonly requestHeader?: { readonly isDirectPsu?: unknown; readonly ipAddress?: unknown };
  readonly [field: string]: unknown;
}

function bodyOf(call: Call): LooseBody {
  try {
    const body: unknown = JSON.parse(call.body.toString("utf8"));
    return typeof body === "object" && body !== null ? (body as LooseBody) : {};
  } catch {
    return {};
  }
}

function accountNames(call: Call, { ledger }: BankContext): string[] {
  const { accountNumber } = bodyOf(call);
  if (typeof accountNumber !== "string") return [];
  const books = ledger.userNames().flatMap((user) => ledger.booksOf(user));
  const account = books.find((book) => isNamed(book.account, accountNumber))?.account;
  return [accountNumber, account?.id, account?.iban, account?.bban, account?.maskedPan].filter((name) => name !== undefined);
}

/** Fields of the body that a test may ask about: the filter as query, the person as the headers that other standards have. */
function noted(call: Call): { query: Record<string, string>; headers: Record<string, string> } {
  const { requestHeader, ...rest } = bodyOf(call);
  const query = Object.fromEntries(Object.entries(rest).filter(([name, value]) => typeof value === "string" && /(Date(From|To)|Number|pageId|grant_type)$/.test(name))); // prettier-ignore
  const present = requestHeader?.isDirectPsu === true && typeof requestHeader.ipAddress === "string";
  const headers = present ? { "psu-ip-address": String(requestHeader.ipAddress) } : {};
  return { query: query as Record<string, string>, headers };
}

/** X-JWS-SIGNATURE on every 200 of the API, over the bytes that are sent; pages for people and what a gateway says in HTML carry none. */
function sealed({ seal }: BankContext, reply: Reply, operation: string, faults: readonly Fault[]): Reply {
  const isApi = reply.status === 200 && operation !== "admin" && !operation.startsWith("sca-") && operation !== "unknown";
  if (!isApi || /html/.test(String(reply.headers["content-type"]))) return reply;
  const kinds = faults.map(({ kind }) => kind);
  if (kinds.includes("signature-missing")) return reply;
  const body = Buffer.from(reply.body);
  const signature = seal.sign(kinds.includes("signature-wrong") ? Buffer.from(`${body.toString()} `) : body);
  return { ...reply, headers: { ...reply.headers, "x-jws-signature": signature } };
}
