import type { X509Certificate } from "node:crypto";
import { jsonReply, type Reply } from "../kit/http-message.ts";
import type { AccessCounter } from "../kit/access-counter.ts";
import type { ShortLives } from "../kit/faults/token-faults.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ConsentStore } from "./consent-store.ts";
import type { BankSeal } from "./jws.ts";
import type { Settings } from "./options.ts";

/** What the routes of one bank share. */
export interface BankContext {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly consents: ConsentStore;
  readonly counter: AccessCounter;
  readonly shortLives: ShortLives;
  readonly seal: BankSeal;
  readonly clientId: string;
  readonly tppCertificate: X509Certificate;
  /** scheme://host:port */
  readonly origin: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function responseHeader(context: BankContext, requestId?: string): object {
  const echoed = requestId !== undefined && UUID.test(requestId) ? { requestId } : {};
  return { ...echoed, sendDate: context.ledger.clock.now().toISOString(), isCallback: false };
}

export function answer(context: BankContext, requestId: string, body: object): Reply {
  return jsonReply(200, { responseHeader: responseHeader(context, requestId), ...body });
}
