import { isIPv4 } from "node:net";
import type { PsuType } from "../../domain/bank.ts";
import type { Instant } from "../../domain/time.ts";
import type { PsuContext } from "../../domain/update.ts";
import type { PsuIpRules } from "../kit/profile-parts.ts";
import type { Row } from "../kit/wire.ts";

export interface HeaderParts {
  readonly requestId: string;
  readonly now: Instant;
  readonly tppId: string;
  readonly psu: Person | null;
}

/** The person as requests name them: never one without an address. */
export interface Person {
  readonly ip: string;
  readonly userAgent: string;
}

/** Null where the person is not there, or nothing of them may be said; `rules` may put a constant in an absent person's place. */
export function personOf(psu: PsuContext | null, rules: PsuIpRules): Person | null {
  const known = psu !== null && (!rules.ipv4Only || isIPv4(psu.ipAddress)) ? psu.ipAddress : null;
  const ip = known ?? (psu !== null || rules.always ? rules.constant : null);
  // The standard wants a browser's name with every address; one that was not handed on stays unnamed.
  return ip === null ? null : { ip, userAgent: psu?.userAgent?.slice(0, 500) || "unknown" };
}

/** Of account services: the token once more, and whether the person is there (`isDirectPsu`, else it counts against the daily limit). */
export function accountHeader(parts: HeaderParts, token: string): Row {
  return { ...plainHeader(parts), token, isDirectPsu: parts.psu !== null };
}

/** Of /authorize. */
export function authorizeHeader(parts: HeaderParts, psuType: PsuType): Row {
  return { ...plainHeader(parts), isCompanyContext: psuType === "BUSINESS" };
}

/** Of /token: from 3.0 on it does not name the person, whom the body names. */
export function tokenHeader(parts: HeaderParts, psuType: PsuType, version: string): Row {
  const person = version.startsWith("2.") ? parts.psu : null;
  return authorizeHeader({ ...parts, psu: person }, psuType);
}

export function plainHeader({ requestId, now, tppId, psu }: HeaderParts): Row {
  return {
    requestId,
    ...(psu === null ? {} : { userAgent: psu.userAgent, ipAddress: psu.ip }),
    sendDate: new Date(now).toISOString(),
    tppId,
  };
}
