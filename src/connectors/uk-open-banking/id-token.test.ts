import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { BankError } from "../../domain/failure.ts";
import { checkedIdToken, type Expected } from "./id-token.ts";

// OpenID Connect Core 1.0, Appendix A.4 and A.6: a code with its c_hash, an access token with its at_hash.
const CODE = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
const C_HASH = "LDktKdoQak3Pk0cnXxCltA";
const ACCESS_TOKEN = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
const AT_HASH = "77QmUPtjPfzWtF2AnpK9RQ";

const NOW = Date.parse("2026-11-25T12:00:00Z");
const seconds = NOW / 1000;
const expected: Expected = {
  issuer: "https://bank.example",
  clientId: "tpp",
  nonce: "nonce-1",
  consentId: "urn-1",
  redirect: { code: CODE, state: CODE },
  algorithms: ["PS256", "ES256"],
  now: NOW,
};
const claims = {
  iss: "https://bank.example",
  aud: "tpp",
  sub: "person",
  iat: seconds - 5,
  exp: seconds + 300,
  nonce: "nonce-1",
  c_hash: C_HASH,
  s_hash: C_HASH,
  openbanking_intent_id: "urn-1",
};

type Keys = Awaited<ReturnType<typeof makeKeys>>;
async function makeKeys(alg: "PS256" | "ES256" | "RS256", kid: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } };
}

describe("an id_token", () => {
  let ps: Keys, es: Keys, rs: Keys, stranger: Keys;
  beforeAll(async () => {
    [ps, es, rs, stranger] = await Promise.all([
      makeKeys("PS256", "a"),
      makeKeys("ES256", "b"),
      makeKeys("RS256", "c"),
      makeKeys("ES256", "b"),
    ]);
  });

  const sign = (payload: JWTPayload, { alg, kid, privateKey }: Keys) =>
    new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(privateKey);
  const set = (...keys: readonly Keys[]) => createLocalJWKSet({ keys: keys.map(({ jwk }) => jwk) });
  const check = (token: string, more: Partial<Expected> = {}) =>
    checkedIdToken(token, { ...expected, ...more }, () => Promise.resolve(set(ps, es, rs)));
  async function refusalOf(token: string, more: Partial<Expected> = {}): Promise<string | null> {
    const error: unknown = await check(token, more).catch((thrown: unknown) => thrown);
    if (!(error instanceof BankError)) throw new Error("the id_token was accepted");
    expect(error.failure).toBe("CONSENT_INVALID");
    return error.bankCode;
  }

  it("is believed with the hashes of the OpenID Connect specification's own example, by either signature of FAPI", async () => {
    for (const keys of [ps, es]) expect((await check(await sign(claims, keys))).sub).toBe("person");
    const { c_hash: _c, s_hash: _s, ...plain } = claims;
    const token = await sign({ ...plain, at_hash: AT_HASH }, ps);
    expect((await check(token, { redirect: null, accessToken: ACCESS_TOKEN })).sub).toBe("person");
  });

  it.each<[string, Partial<Record<keyof typeof claims, unknown>>, string]>([
    ["of another issuer", { iss: "https://evil.example" }, "ID_TOKEN iss"],
    ["for another client", { aud: "other" }, "ID_TOKEN aud"],
    ["for several clients without naming this one", { aud: ["tpp", "other"] }, "ID_TOKEN azp"],
    ["that is past", { exp: seconds - 61 }, "ID_TOKEN exp"],
    ["without an end", { exp: undefined }, "ID_TOKEN exp"],
    ["of another attempt", { nonce: "nonce-2" }, "ID_TOKEN nonce"],
    ["without a nonce", { nonce: undefined }, "ID_TOKEN nonce"],
    ["for another code", { c_hash: AT_HASH }, "ID_TOKEN c_hash"],
    ["that proves no code", { c_hash: undefined }, "ID_TOKEN c_hash"],
    ["for another state", { s_hash: AT_HASH }, "ID_TOKEN s_hash"],
    ["that proves no state", { s_hash: undefined }, "ID_TOKEN s_hash"],
    ["for another consent", { openbanking_intent_id: "urn-2" }, "ID_TOKEN openbanking_intent_id"],
    ["that names no consent", { openbanking_intent_id: undefined }, "ID_TOKEN openbanking_intent_id"],
    ["of nobody", { sub: undefined }, "ID_TOKEN sub"],
  ])("%s is refused", async (_name, change, code) => {
    expect(await refusalOf(await sign({ ...claims, ...change } as JWTPayload, ps))).toBe(code);
  });

  it("of a stranger's key, a weaker algorithm or none is refused", async () => {
    expect(await refusalOf(await sign(claims, stranger))).toBe("ID_TOKEN ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
    expect(await refusalOf(await sign(claims, rs))).toBe("ID_TOKEN ERR_JOSE_ALG_NOT_ALLOWED");
    expect(await refusalOf(new UnsecuredJWT(claims).encode())).toMatch(/^ID_TOKEN ERR_J/);
    expect(await refusalOf("no token")).toBe("ID_TOKEN ERR_JWS_INVALID");
  });

  it("from the token endpoint is for the person of the redirect and for the access token beside it", async () => {
    const token = await sign({ ...claims, at_hash: AT_HASH }, es);
    expect(await refusalOf(token, { redirect: null, subject: "somebody else" })).toBe("ID_TOKEN sub");
    expect(await refusalOf(token, { redirect: null, accessToken: "other" })).toBe("ID_TOKEN at_hash");
  });

  it("may name the consent in sub, as older banks do", async () => {
    const { openbanking_intent_id: _id, ...older } = claims;
    expect((await check(await sign({ ...older, sub: "urn-1" }, ps))).sub).toBe("urn-1");
  });

  it("by a key that is new makes the keys be fetched once more", async () => {
    const asked: boolean[] = [];
    const keys = (fresh: boolean) => {
      asked.push(fresh);
      return Promise.resolve(fresh ? set(ps, es) : set(ps));
    };
    expect((await checkedIdToken(await sign(claims, es), expected, keys)).sub).toBe("person");
    expect(asked).toEqual([false, true]);
  });
});
