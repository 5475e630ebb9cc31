import { afterAll, beforeAll, expect, it } from "vitest";
import { REDIRECT_URL, startTestHub, type TestHub } from "../hub.ts";

/** Where a browser may be sent in the end: the registered URL, letter by letter, and nothing that some parser takes for it (RFC 9700 section 4.1). */

const HOST = "127.0.0.1:9";
/** Built on the registered http://127.0.0.1:9/bank/return. */
const LOOKALIKES = [
  `${REDIRECT_URL}/`, `${REDIRECT_URL}?`, `${REDIRECT_URL}#`, `${REDIRECT_URL}?next=https://evil.example`, `${REDIRECT_URL}#@evil.example`, `${REDIRECT_URL}.evil`,
  `${REDIRECT_URL}/../../evil`, `${REDIRECT_URL}/..`, `${REDIRECT_URL}/%2e%2e`, `${REDIRECT_URL}%2f..`, `${REDIRECT_URL};a=b`, `${REDIRECT_URL}%00`, `${REDIRECT_URL}%0d%0aX: y`,
  `${REDIRECT_URL} `, ` ${REDIRECT_URL}`, `${REDIRECT_URL}\t`, `${REDIRECT_URL}\n`, `${REDIRECT_URL}\r\nX: y`, `${REDIRECT_URL}\u0000`, `\u0000${REDIRECT_URL}`, `${REDIRECT_URL}\\`,
  `http://${HOST}/Bank/return`, `http://${HOST}/bank/RETURN`, `HTTP://${HOST}/bank/return`, `Http://${HOST}/bank/return`, `https://${HOST}/bank/return`,
  `http://${HOST}//bank/return`, `http://${HOST}/bank//return`, `http://${HOST}/./bank/return`, `http://${HOST}/x/../bank/return`, `http://${HOST}/bank/retur%6e`,
  `http://${HOST}\\bank\\return`, `http:\\\\${HOST}\\bank\\return`, `http:/${HOST}/bank/return`, `http:${HOST}/bank/return`, `http:///${HOST}/bank/return`, `//${HOST}/bank/return`,
  `http://127.0.0.1/bank/return`, `http://127.0.0.1:90/bank/return`, `http://127.0.0.1:09/bank/return`, `http://127.0.0.1.:9/bank/return`, `http://127.1:9/bank/return`,
  `http://2130706433:9/bank/return`, `http://0x7f.0.0.1:9/bank/return`, `http://0177.0.0.1:9/bank/return`, `http://[::ffff:127.0.0.1]:9/bank/return`, `http://localhost:9/bank/return`,
  `http://user@${HOST}/bank/return`, `http://user:pw@${HOST}/bank/return`, `http://@${HOST}/bank/return`, `http://${HOST}@evil.example/bank/return`, `http://${HOST}%40evil.example/`,
  `http://evil.example\\@${HOST}/bank/return`, `http://evil.example#@${HOST}/bank/return`, `http://evil.example?@${HOST}/bank/return`, `http://${HOST}.evil.example/bank/return`,
  `http://evil.example/${HOST}/bank/return`, `http://１２７.0.0.1:9/bank/return`, `http://127。0。0。1:9/bank/return`, `http://${HOST}/bank／return`, `http://${HOST}/bank/return\u200b`,
  `${REDIRECT_URL}?${"x".repeat(1_900)}`, `${REDIRECT_URL}?${"x".repeat(100_00)}`, "javascript:alert(1)", `javascript://${HOST}/bank/return%0aalert(1)`, "data:text/html,<script>alert(1)</script>",
  `vbscript:${REDIRECT_URL}`, "file:///bank/return", `blob:${REDIRECT_URL}`, `view-source:${REDIRECT_URL}`, "about:blank", "evil.example", "/bank/return", "",
]; // prettier-ignore

const CREATE = `mutation ($input: CreateConsentInput!) { createConsent(input: $input) { consent { id } errors { __typename } } }`;
const SET = `mutation ($urls: [URL!]!) { setTenantUrls(input: { redirectUrls: $urls }) { errors { __typename } } }`;

let t: TestHub;
let userId: string;
beforeAll(async () => {
  t = await startTestHub({ bank: { businessCount: 1 } });
  const { createUser } = await t.client.run<{ createUser: { user: { id: string } } }>(`mutation { createUser(input: {}) { user { id } } }`);
  userId = createUser.user.id;
});
afterAll(() => t[Symbol.asyncDispose]());

/** "CREATED", the refusal's type, or "NO_URL" where the text is not even of the scalar. */
async function created(redirectUrl: string): Promise<string> {
  const input = { user: { id: userId }, bank: { ref: { bankId: t.bank.id, bankIdType: "HUB" } }, redirectUrl, startUpdate: false };
  try {
    type Made = { createConsent: { consent: { id: string } | null; errors: { __typename: string }[] } };
    const { createConsent } = await t.client.run<Made>(CREATE, { input });
    return createConsent.consent === null ? (createConsent.errors[0]?.__typename ?? "nothing") : "CREATED";
  } catch (error) {
    if (error instanceof Error && error.message.includes("BAD_USER_INPUT")) return "NO_URL";
    throw error;
  }
}

it("the registered URL is taken, and none of the texts that some parser takes for it, nor is the bank asked", async () => {
  expect(await created(REDIRECT_URL)).toBe("CREATED");
  const asked = t.bank.admin.requests("consent-create").length;
  const taken: string[] = [];
  for (const url of LOOKALIKES) if (!["RedirectUrlNotRegistered", "NO_URL"].includes(await created(url))) taken.push(url);
  expect(taken).toEqual([]);
  expect(LOOKALIKES.length).toBeGreaterThanOrEqual(60);
  expect(t.bank.admin.requests("consent-create")).toHaveLength(asked);
});

it("what leads elsewhere than it reads cannot be registered either", async () => {
  const hostile = LOOKALIKES.filter((url) =>
    /[\\#@\s\u0000\u007f-\uffff]|^(?!http)|^https?:\/?[^/]|\/\/\/|evil\.example(?=[#?])/i.test(url),
  );
  const registered: string[] = [];
  for (const url of hostile) {
    const faults = await t.client.run<{ setTenantUrls: { errors: unknown[] } }>(SET, { urls: [url] }).then(({ setTenantUrls }) => setTenantUrls.errors.length, () => 1); // prettier-ignore
    if (faults === 0) registered.push(url);
  }
  expect(registered).toEqual([]);
  expect(hostile.length).toBeGreaterThan(25);
  expect(await created(REDIRECT_URL)).toBe("CREATED"); // the list is as it was
});
