import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startBerlinGroupBank } from "../../src/sandbox/berlin-group/bank.ts";
import { startPolishApiBank } from "../../src/sandbox/polish-api/bank.ts";
import { startStetBank } from "../../src/sandbox/stet/bank.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import { startUkOpenBankingBank } from "../../src/sandbox/uk-open-banking/bank.ts";
import { REDIRECT_URL, startTestHub, type TestHub } from "../hub.ts";
import { answerAtTheDoor, attempted, deliver, exchanges, openConsent, stateOf, tampered, type Attempt } from "./redirect.fixture.ts";

/** The redirect flow under attack (security.md, The redirect flow; RFC 9700 section 4): each row is an attack, put to a bank of each kind. */

const OTHER = "other-bank";

interface Flow {
  readonly name: string;
  readonly startBank: () => Promise<SandboxBank>;
  readonly entry?: (bank: SandboxBank) => Readonly<Record<string, unknown>>;
  /** Who notices that a code is another person's: the bank by PKCE, the id_token before the code is used, or the consent that the tokens name. */
  readonly injection: "PKCE" | "ID_TOKEN" | "CONSENT_ID";
  /** The bank says in its metadata that every answer carries `iss`, and the answer does; "known": the entry names it; "none": the standard has none. */
  readonly iss: "promised" | "id_token" | "none";
}

const FLOWS: readonly Flow[] = [
  { name: "Berlin Group, OAuth", startBank: () => startBerlinGroupBank({ businessCount: 1 }), injection: "PKCE", iss: "promised" },
  {
    name: "STET",
    startBank: () => startStetBank({ businessCount: 1 }),
    entry: ({ entry }) => {
      const { authorizationUrl: _page, tokenUrl: _token, ...auth } = entry.auth;
      return { auth, profile: { ...entry.profile, issuer: new URL(entry.baseUrl).origin } };
    },
    injection: "PKCE",
    iss: "promised",
  },
  {
    name: "UK Open Banking, pushed requests",
    startBank: () => startUkOpenBankingBank({ businessCount: 1, flow: "par" }),
    injection: "PKCE",
    iss: "promised",
  },
  {
    name: "UK Open Banking, hybrid",
    startBank: () => startUkOpenBankingBank({ businessCount: 1 }),
    injection: "ID_TOKEN",
    iss: "id_token",
  },
  {
    name: "UK Open Banking, hybrid at a bank that knows no PKCE",
    startBank: () => startUkOpenBankingBank({ businessCount: 1 }),
    entry: ({ entry }) => ({ profile: { ...entry.profile, pkce: false } }),
    injection: "ID_TOKEN",
    iss: "id_token",
  },
  { name: "PolishAPI", startBank: () => startPolishApiBank({ businessCount: 1 }), injection: "CONSENT_ID", iss: "none" },
];

/** Deliveries that belong to no attempt or cannot be told apart from a forgery. Nothing may come of them, for the attempt neither. */
const HARMLESS: readonly (readonly [string, (answer: URLSearchParams) => URLSearchParams | string, number])[] = [
  ["no parameters but a code", () => "code=c", 400],
  ["an empty state", (a) => tampered(a, { state: "" }), 400],
  ["no state", (a) => tampered(a, { state: null, x: "1" }), 400],
  ["a state that nobody made", (a) => tampered(a, { state: "A".repeat(43) }), 400],
  ["a state that lacks its last character", (a) => tampered(a, { state: (a.get("state") ?? "").slice(0, -1) }), 400],
  ["a state with one more character", (a) => tampered(a, { state: `${a.get("state") ?? ""}A` }), 400],
  ["a state with a blank behind it", (a) => tampered(a, { state: `${a.get("state") ?? ""} ` }), 400],
  ["a state with a zero byte behind it", (a) => tampered(a, { state: `${a.get("state") ?? ""}\u0000` }), 400],
  ["a state in the other case", (a) => tampered(a, { state: swapped(a.get("state") ?? "") }), 400],
  ["a state that matches everything in SQL", (a) => tampered(a, { state: "%" }), 400],
  ["a state that is SQL", (a) => tampered(a, { state: "' or 1=1 --" }), 400],
  ["the name of something every object has", (a) => tampered(a, { state: "__proto__" }), 400],
  ["a list of states in the manner of PHP", (a) => `state[]=${a.get("state") ?? ""}&code=c`, 400],
  ["the state under another case of its name", (a) => `State=${a.get("state") ?? ""}&code=c`, 400],
  ["two states, the right one first", (a) => `${a.toString()}&state=other`, 400],
  ["two states, the right one last", (a) => `state=other&${a.toString()}`, 400],
  ["two codes", (a) => `${a.toString()}&code=another`, 400],
  ["two issuers", (a) => `iss=https%3A%2F%2Fevil.example&${a.toString()}&iss=https%3A%2F%2Fother.example`, 400],
  ["a code and, later, an error twice", (a) => `${a.toString()}&error=access_denied&error=server_error`, 400],
  ["a state of 12,000 characters", (a) => tampered(a, { state: "A".repeat(12_000) }), 400],
  ["a request line of 20,000 characters", (a) => `${a.toString()}&x=${"A".repeat(20_000)}`, 431],
  ["line ends and a header in the state", (a) => tampered(a, { state: "x\r\nLocation: https://evil.example/\r\n\r\n<script>" }), 400],
  ["line ends and a header in a name", () => "x%0d%0aSet-Cookie:%20a=b=1&state=x", 400],
  ["percent signs that encode nothing", () => "state=%zz%&code=%E0%A4%A", 400],
];

/** Deliveries under the right state that must end the attempt: it was tampered with, and is worth nothing any more. */
interface Attack {
  readonly name: string;
  readonly at?: (flow: Flow) => boolean;
  readonly send: (t: TestHub, attempt: Attempt) => Promise<Awaited<ReturnType<typeof deliver>>>;
  readonly ends: { readonly status: "FAILED" | "REJECTED"; readonly error: string };
  /** Requests for tokens that the attack may cost. @default 0 */
  readonly exchanges?: (flow: Flow) => number;
}

const FAILED = { status: "FAILED", error: "CODE_EXCHANGE_FAILED" } as const;
const MARKUP = `"><script>alert(1)</script>\r\nSet-Cookie: a=b`;

const ATTACKS: readonly Attack[] = [
  {
    name: "an answer that comes to the address of another bank (mix-up)",
    send: (t, { answer }) => deliver(t, OTHER, answer),
    ends: { status: "FAILED", error: "STATE_MISMATCH" },
  },
  {
    name: "an answer that comes to the address of a bank that there is not",
    send: (t, { answer }) => deliver(t, "nobody", answer),
    ends: { status: "FAILED", error: "STATE_MISMATCH" },
  },
  {
    name: "an answer that names another authorisation server (mix-up)",
    at: ({ iss }) => iss !== "none",
    send: (t, { bankId, answer }) => deliver(t, bankId, tampered(answer, { iss: "https://evil.example" })),
    ends: FAILED,
  },
  {
    name: "an answer that names a server whose name begins with the bank's",
    at: ({ iss }) => iss === "promised",
    send: (t, { bankId, answer }) => deliver(t, bankId, tampered(answer, { iss: `${answer.get("iss") ?? ""}.evil.example` })),
    ends: FAILED,
  },
  {
    name: "an answer without the name that the bank's metadata promises (RFC 9207 section 2.4)",
    at: ({ iss }) => iss === "promised",
    send: (t, { bankId, answer }) => deliver(t, bankId, tampered(answer, { iss: null })),
    ends: FAILED,
  },
  {
    name: "a refusal that another authorisation server made, which is not the person's",
    at: ({ iss }) => iss !== "none",
    send: (t, { bankId, answer }) =>
      deliver(t, bankId, new URLSearchParams({ state: answer.get("state") ?? "", error: "access_denied", iss: "https://evil.example" })),
    ends: FAILED,
  },
  {
    name: "a code that somebody made up",
    send: (t, { bankId, answer }) => deliver(t, bankId, tampered(answer, { code: "made-up" })),
    ends: FAILED,
    exchanges: ({ injection }) => (injection === "ID_TOKEN" ? 0 : 1),
  },
  {
    name: "no code where one is due",
    send: (t, { bankId, answer }) => deliver(t, bankId, tampered(answer, { code: null })),
    ends: FAILED,
  },
  {
    name: "the code of another person's attempt (code injection)",
    async send(t, { bankId, answer }) {
      const victim = await attempted(t, bankId);
      return deliver(t, bankId, tampered(answer, { code: victim.answer.get("code") }));
    },
    ends: FAILED,
    exchanges: ({ injection }) => (injection === "ID_TOKEN" ? 0 : 1),
  },
  {
    name: "the whole answer of another person's attempt under one's own state",
    async send(t, { bankId, answer }) {
      const victim = await attempted(t, bankId);
      return deliver(t, bankId, tampered(victim.answer, { state: answer.get("state") }));
    },
    ends: FAILED,
    exchanges: ({ injection }) => (injection === "ID_TOKEN" ? 0 : 1),
  },
  {
    name: "a code without the id_token that proves it",
    at: ({ iss }) => iss === "id_token",
    send: (t, { bankId, answer }) => deliver(t, bankId, tampered(answer, { id_token: null })),
    ends: FAILED,
  },
  {
    name: "an error with markup and headers in every parameter",
    send: (t, { bankId, answer }) => {
      const state = answer.get("state") ?? "";
      return deliver(t, bankId, new URLSearchParams({ state, error: MARKUP, error_description: MARKUP, error_uri: "javascript:alert(1)" }));
    },
    ends: { status: "REJECTED", error: "BANK_REJECTED" },
  },
];

describe.each(FLOWS.map((flow) => [flow.name, flow] as const))("the redirect flow at %s", (_bank, flow) => {
  let t: TestHub;
  let waiting: Attempt;
  beforeAll(async () => {
    const bank = await flow.startBank();
    const entry = flow.entry?.(bank);
    const entries = async () => [{ ...bank.entry, id: OTHER, name: "Other" }];
    t = await startTestHub({ startBank: async () => bank, entries, ...(entry ? { entry } : {}) });
    // The engine's first withdrawal of a consent at a UK bank asks for a token of its own, whenever it comes: it is not one of those counted below.
    if (flow.name.startsWith("UK")) {
      const { answer } = await attempted(t);
      await deliver(t, OTHER, answer);
      await vi.waitUntil(() => t.bank.admin.requests().some(({ method }) => method === "DELETE"), 20_000);
    }
    waiting = await attempted(t);
  });
  afterAll(() => t[Symbol.asyncDispose]());

  it.each(HARMLESS)("gives a page and changes nothing for %s", async (_name, change, status) => {
    const before = exchanges(t);
    const got = await deliver(t, waiting.bankId, change(waiting.answer));
    expect([got.status, got.location, exchanges(t) - before]).toEqual([status, null, 0]);
    expect([got.headers.get("set-cookie"), got.body.includes("<script")]).toEqual([null, false]);
    expect(await stateOf(t, waiting.consentId)).toEqual({ status: "REQUESTED", statusReason: null });
  });

  it("uses up nothing when a link is only looked at, or is posted with more than a form holds", async () => {
    expect((await deliver(t, waiting.bankId, waiting.answer, { method: "HEAD" })).status).toBe(405);
    const body = new URLSearchParams([...waiting.answer, ["x", "A".repeat(20_000)]]);
    expect((await deliver(t, waiting.bankId, "", { method: "POST", body })).status).toBe(413);
    const twice = new URLSearchParams([...waiting.answer, ["state", "other"]]);
    expect((await deliver(t, waiting.bankId, "", { method: "POST", body: twice })).status).toBe(400);
    expect(await stateOf(t, waiting.consentId)).toEqual({ status: "REQUESTED", statusReason: null });
  });

  it("after all of that makes one exchange of a hundred true answers at once, and tells the app nothing but ids and words", async () => {
    const before = exchanges(t);
    const got = await Promise.all(Array.from({ length: 100 }, () => deliver(t, waiting.bankId, waiting.answer)));
    expect(exchanges(t) - before).toBe(1);
    expect(got.map(({ status }) => status).sort()).toEqual([303, ...Array.from({ length: 99 }, () => 409)]);
    const landing = got.find(({ location }) => location !== null)?.location;
    expect(landing?.href).toBe(`${REDIRECT_URL}?consentId=${waiting.consentId}&status=GIVEN`);
    for (const { body, headers } of got)
      for (const secret of [...waiting.answer.values()]) expect(body + JSON.stringify([...headers])).not.toContain(secret);
    expect(await stateOf(t, waiting.consentId)).toEqual({ status: "GIVEN", statusReason: null });
    const late = await deliver(t, waiting.bankId, tampered(waiting.answer, { code: "another" }));
    expect([late.status, exchanges(t) - before]).toEqual([409, 1]);
  });

  const attacks = ATTACKS.filter(({ at }) => at?.(flow) ?? true).map((attack) => [attack.name, attack] as const);
  it.each(attacks)("ends the attempt for %s", async (_name, { send, ends, exchanges: cost }) => {
    const attempt = await attempted(t);
    const before = exchanges(t);
    const got = await send(t, attempt);
    const asked = exchanges(t) - before;
    const landing = new URLSearchParams({ consentId: attempt.consentId, ...ends });
    expect([got.status, got.location?.href]).toEqual([303, `${REDIRECT_URL}?${landing.toString()}`]);
    expect(asked).toBe(cost?.(flow) ?? 0);
    expect(await stateOf(t, attempt.consentId)).toEqual({ status: ends.status, statusReason: ends.error });
    // The true answer comes too late now: the state was used.
    expect((await deliver(t, attempt.bankId, attempt.answer)).status).toBe(409);
    expect(await stateOf(t, attempt.consentId)).toMatchObject({ status: ends.status });
  });

  it("takes no answer half an hour after the attempt has ended, and asks the bank nothing", async () => {
    const attempt = await attempted(t);
    await t.advance("PT61M");
    const before = exchanges(t);
    expect((await deliver(t, attempt.bankId, attempt.answer)).status).toBe(410);
    expect(exchanges(t) - before).toBe(0);
    expect((await stateOf(t, attempt.consentId)).status).not.toBe("GIVEN");
  });

  it.runIf(flow.injection === "PKCE")("always sends a challenge, and gets nothing where somebody cut it out (PKCE downgrade)", async () => {
    const { authorizationUrl, consentId } = await openConsent(t);
    const url = new URL(authorizationUrl);
    if (url.searchParams.has("request_uri")) return; // pushed to the bank beforehand: there is nothing to cut out
    expect(url.searchParams.get("code_challenge_method")).toBe("S256");
    url.searchParams.delete("code_challenge");
    url.searchParams.delete("code_challenge_method");
    const answer = await answerAtTheDoor(t, t.bank.id, url.href);
    expect(answer.has("code")).toBe(false);
    await deliver(t, t.bank.id, answer);
    expect((await stateOf(t, consentId)).status).toBe("REJECTED");
  });
});

function swapped(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));
}
