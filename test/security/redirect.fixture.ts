import { vi } from "vitest";
import { createBrowser } from "../../src/cli/browser.ts";
import { REDIRECT_URL, type TestHub } from "../hub.ts";

/** A consent that waits for its answer, and the answer of the bank as it stood at the hub's door: nobody has delivered it yet. */
export interface Attempt {
  readonly bankId: string;
  readonly userId: string;
  readonly consentId: string;
  readonly authorizationUrl: string;
  readonly answer: URLSearchParams;
}

export interface Opened {
  readonly userId: string;
  readonly consentId: string;
  readonly authorizationUrl: string;
}

const CREATE = `mutation ($input: CreateConsentInput!) { createConsent(input: $input) { consent { id authorizationUrl } errors { __typename message } } }`;

/** A new user's consent at the bank, opened and not yet shown to anybody. */
export async function openConsent(t: TestHub, bankId = t.bank.id): Promise<Opened> {
  const { createUser } = await t.client.run<{ createUser: { user: { id: string } } }>(`mutation { createUser(input: {}) { user { id } } }`);
  const { id: userId } = createUser.user;
  const input = { user: { id: userId }, bank: { ref: { bankId, bankIdType: "HUB" } }, redirectUrl: REDIRECT_URL, startUpdate: false };
  const { createConsent } = await t.client.run<{
    createConsent: { consent: { id: string; authorizationUrl: string } | null; errors: { message: string }[] };
  }>(CREATE, { input });
  if (createConsent.consent === null) throw new Error(JSON.stringify(createConsent.errors));
  return { userId, consentId: createConsent.consent.id, authorizationUrl: createConsent.consent.authorizationUrl };
}

/** Goes through the bank's pages, and stops at the door of the hub's callback. */
export async function answerAtTheDoor(
  t: TestHub,
  bankId: string,
  authorizationUrl: string,
  decision = "approve",
): Promise<URLSearchParams> {
  const browser = createBrowser({ stopAt: callbackUrl(t, bankId) });
  let visit = await browser.open(authorizationUrl);
  if (!visit.url.startsWith(callbackUrl(t, bankId))) {
    visit = await browser.submit(visit, { username: "demo", password: "demo" });
    visit = await browser.submit(visit, { decision });
  }
  const { hash, searchParams } = new URL(visit.url);
  return hash.length > 1 ? new URLSearchParams(hash.slice(1)) : searchParams;
}

export async function attempted(t: TestHub, bankId = t.bank.id): Promise<Attempt> {
  const opened = await openConsent(t, bankId);
  return { ...opened, bankId, answer: await answerAtTheDoor(t, bankId, opened.authorizationUrl) };
}

export function callbackUrl(t: TestHub, bankId: string): string {
  return new URL(`/callback/${bankId}`, t.hub.url).href;
}

export interface Delivered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Where the browser would go, as far as it goes anywhere. */
  readonly location: URL | null;
}

/** Brings an answer to the hub, as the browser does that a bank sent back. */
export async function deliver(t: TestHub, bankId: string, answer: URLSearchParams | string, init: RequestInit = {}): Promise<Delivered> {
  const response = await fetch(`${callbackUrl(t, bankId)}?${answer.toString()}`, { redirect: "manual", ...init });
  const location = response.headers.get("location");
  return {
    status: response.status,
    headers: response.headers,
    body: await response.text(),
    location: location === null ? null : new URL(location),
  };
}

/** A copy with other values; null takes a parameter out. */
export function tampered(answer: URLSearchParams, changes: Readonly<Record<string, string | null>>): URLSearchParams {
  const copy = new URLSearchParams(answer);
  for (const [name, value] of Object.entries(changes)) if (value === null) copy.delete(name); else copy.set(name, value); // prettier-ignore
  return copy;
}

/**
 * The worker's own client token at a bank that wants one is fetched at its first call, whenever that is: it must not be taken for an exchange. One failed
 * attempt makes the worker end a consent; once the bank has seen that, only exchanges ask for tokens.
 */
export async function afterFirstRevocation(t: TestHub): Promise<void> {
  const { bankId, answer } = await attempted(t);
  await deliver(t, bankId, tampered(answer, { code: null }));
  await vi.waitUntil(() => t.bank.admin.requests("consent-delete").length > 0, { timeout: 20_000 });
}

/** How often the hub asked the bank for tokens. */
export function exchanges(t: TestHub): number {
  return t.bank.admin.requests("token").length;
}

export interface ConsentState {
  readonly status: string;
  readonly statusReason: string | null;
}

export async function stateOf(t: TestHub, id: string): Promise<ConsentState> {
  const { consent } = await t.client.run<{ consent: ConsentState }>(`query ($id: ID!) { consent(id: $id) { status statusReason } }`, {
    id,
  });
  return consent;
}
