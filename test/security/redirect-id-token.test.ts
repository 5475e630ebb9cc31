import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startUkOpenBankingBank } from "../../src/sandbox/uk-open-banking/bank.ts";
import { startTestHub, type TestHub } from "../hub.ts";
import { afterFirstRevocation, attempted, deliver, exchanges, stateOf, tampered } from "./redirect.fixture.ts";

/**
 * The id_token of the FAPI 1 Advanced hybrid flow, forged claim by claim. The hub believes a key that this test holds as well as the bank's own, so that
 * every token here is well signed and wrong in one thing only, unless its row says otherwise.
 */
const bankKey = await generateKeyPair("PS256");
const foreignKey = await generateKeyPair("PS256");
const hmac = new TextEncoder().encode("0".repeat(64));

let t: TestHub;
let keys: Awaited<ReturnType<typeof serveKeys>>;
beforeAll(async () => {
  const bank = await startUkOpenBankingBank({ businessCount: 1 });
  keys = await serveKeys(new URL("/oauth/jwks", bank.baseUrl).href);
  t = await startTestHub({ startBank: async () => bank, entry: { profile: { ...bank.entry.profile, jwksUrl: keys.url } } });
  await afterFirstRevocation(t);
});
afterAll(async () => {
  await t[Symbol.asyncDispose]();
  await keys[Symbol.asyncDispose]();
});

/** undefined takes a claim out. */
type Claims = Readonly<Record<string, unknown>>;
type Forge = (claims: JWTPayload) => Promise<string> | string;
const signed =
  (changes: Claims | ((claims: JWTPayload) => Claims), kid = "test", key = bankKey.privateKey, alg = "PS256"): Forge =>
  (claims) =>
    new SignJWT({ ...claims, ...(typeof changes === "function" ? changes(claims) : changes) }).setProtectedHeader({ alg, kid }).sign(key);

const FORGERIES: readonly (readonly [string, Forge])[] = [
  ["another nonce", signed({ nonce: "another" })],
  ["no nonce", signed({ nonce: undefined })],
  ["the hash of another state", signed({ s_hash: halfHash("another") })],
  ["no hash of the state", signed({ s_hash: undefined })],
  ["the hash of another code", signed({ c_hash: halfHash("another") })],
  ["no hash of the code", signed({ c_hash: undefined })],
  ["another issuer", signed({ iss: "https://evil.example" })],
  ["another audience", signed({ aud: "somebody" })],
  ["a second audience and nobody authorised", signed(({ aud }) => ({ aud: [String(aud), "somebody"] }))],
  ["another consent", signed({ openbanking_intent_id: "another" })],
  ["an end long past", signed(({ iat = 0 }) => ({ iat: iat - 7_200, exp: iat - 3_600 }))],
  ["no end", signed({ exp: undefined })],
  ["nobody it is about", signed({ sub: undefined })],
  ["a start in the future", signed(({ iat = 0 }) => ({ nbf: iat + 3_600 }))],
  ["a key of the same name that is not the bank's", signed({}, "test", foreignKey.privateKey)],
  ["a key that the bank does not have", signed({}, "unknown", foreignKey.privateKey)],
  ["no signature", (claims) => new UnsecuredJWT(claims).encode()],
  ["a secret for a signature", (claims) => new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "test" }).sign(hmac)],
  ["an algorithm that is not believed", async (claims) => signed({}, "rs", (await rsaKey).privateKey, "RS256")(claims)],
  ["a signature of other claims", async (claims) => spliced(await signed({})(claims), { ...claims, sub: "another" })],
];
const rsaKey = generateKeyPair("RS256");

async function forged(forge: Forge) {
  const attempt = await attempted(t);
  const claims = decodeJwt(attempt.answer.get("id_token") ?? "");
  const before = exchanges(t);
  const got = await deliver(t, attempt.bankId, tampered(attempt.answer, { id_token: await forge(claims) }));
  return { ...got, ...(await stateOf(t, attempt.consentId)), exchanged: exchanges(t) - before };
}

it("a token that is right in everything is believed, though this test signed it", async () => {
  const { status, location, exchanged } = await forged(signed({}));
  expect([status, location?.searchParams.get("status"), exchanged]).toEqual(["GIVEN", "GIVEN", 1]);
});

it.each(FORGERIES)("an id_token with %s opens nothing, and its code is not used", async (_name, forge) => {
  const { status, statusReason, location, exchanged } = await forged(forge);
  expect([status, statusReason, exchanged]).toEqual(["FAILED", "CODE_EXCHANGE_FAILED", 0]);
  expect(location?.searchParams.get("error")).toBe("CODE_EXCHANGE_FAILED");
});

function halfHash(text: string): string {
  return createHash("sha256").update(text).digest().subarray(0, 16).toString("base64url");
}

function spliced(token: string, claims: JWTPayload): string {
  const [header = "", , signature = ""] = token.split(".");
  return [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
}

/** The bank's keys, and two that this test holds. */
async function serveKeys(ofBank: string) {
  const mine = [
    { ...(await exportJWK(bankKey.publicKey)), kid: "test", use: "sig" },
    { ...(await exportJWK((await rsaKey).publicKey)), kid: "rs", use: "sig" },
  ];
  const server = createServer((_request, response) => {
    void fetch(ofBank)
      .then((answer) => answer.json())
      .then((own) => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ keys: [...(own as { keys: unknown[] }).keys, ...mine] }));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
