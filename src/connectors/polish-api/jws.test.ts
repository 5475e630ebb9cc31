import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { constants, createPrivateKey, generateKeyPairSync, sign, verify, X509Certificate, type KeyObject } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock, type Clock } from "../../domain/time.ts";
import { SandboxCa } from "../../sandbox/pki/sandbox-ca.ts";
import { BankHttp } from "../../http/bank-http.ts";
import { createBankKeys } from "./bank-keys.ts";
import { createAnswerCheck as checkWith, createBodySigner } from "./jws.ts";
import { readProfile } from "./profile.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = (key: KeyObject) => String(key.export({ type: "pkcs8", format: "pem" }));
const { cert } = new SandboxCa("Seal", rsa).issue({ subject: { CN: "Seal" }, use: "client", keys: rsa });
const seal = { cert, key: pem(rsa.privateKey), keyId: "k-1" };
const body = Buffer.from('{"a":"ż"}');
const signing = (options = {}) => readProfile("b", { signing: options }).signing;
const answers = (options: object) => readProfile("b", { answers: options }).answers;
const b64 = (value: string | Buffer) => Buffer.from(value).toString("base64url");

/** RFC 7515 by hand: nothing here comes from the code under test. */
function parts(jws: string): { header: Record<string, unknown>; input: Buffer; signature: Buffer } {
  const [header = "", payload, end = ""] = jws.split(".");
  expect(payload).toBe("");
  const input = Buffer.from(`${header}.${b64(body)}`);
  return { header: JSON.parse(Buffer.from(header, "base64url").toString()) as never, input, signature: Buffer.from(end, "base64url") };
}
function detached(header: object, content: Buffer, key: KeyObject, options = {}): string {
  const start = b64(JSON.stringify(header));
  const payload = "b64" in header && header.b64 === false ? content : Buffer.from(b64(content));
  return `${start}..${sign("sha256", Buffer.concat([Buffer.from(`${start}.`), payload]), { key, ...options }).toString("base64url")}`;
}

const http = new BankHttp();
afterAll(() => http.close());
const { signal } = new AbortController();
const createAnswerCheck = (profile: ReturnType<typeof answers>, clock: Clock = systemClock) => {
  const check = checkWith("b", profile, createBankKeys("b", profile, { http, clock }));
  return (signature: string | undefined, content: Uint8Array) => check(signature, content, signal);
};

describe("the signature of a request", () => {
  it("is RS256 over exactly the bytes, naming the key and the certificate's fingerprint", () => {
    const { header, input, signature } = parts(createBodySigner("b", seal, signing())(body) ?? "");
    const fingerprint = new X509Certificate(cert).fingerprint256.replaceAll(":", "").toLowerCase();
    expect(header).toEqual({ alg: "RS256", kid: "k-1", "x5t#S256": Buffer.from(fingerprint, "hex").toString("base64url") });
    expect(verify("RSA-SHA256", input, rsa.publicKey, signature)).toBe(true);
    expect(verify("RSA-SHA256", Buffer.concat([input, Buffer.from(" ")]), rsa.publicKey, signature)).toBe(false);
  });

  it("is PS256, or names the certificate otherwise, where the bank wants that", () => {
    const options = { algorithm: "PS256", references: ["x5c"], x5u: "https://tpp.example/seal.pem" };
    const { header, input, signature } = parts(createBodySigner("b", seal, signing(options))(body) ?? "");
    const x5c = [new X509Certificate(cert).raw.toString("base64")];
    expect(header).toEqual({ alg: "PS256", x5c, x5u: "https://tpp.example/seal.pem" });
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    expect(verify("sha256", input, { key: rsa.publicKey, ...padding }, signature)).toBe(true);
  });

  it("is ES256 in the form of JWS for a key on a curve", () => {
    const keyed = { ...seal, key: pem(ec.privateKey), keyId: null };
    const { header, input, signature } = parts(createBodySigner("b", keyed, signing({ references: ["kid"] }))(body) ?? "");
    expect(header).toEqual({ alg: "ES256" });
    expect(signature).toHaveLength(64);
    expect(verify("sha256", input, { key: ec.publicKey, dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
  });

  it("is left out without a seal or where it is switched off, and missed aloud where it is switched on", () => {
    expect(createBodySigner("b", null, signing())(body)).toBeNull();
    expect(createBodySigner("b", seal, signing({ enabled: false }))(body)).toBeNull();
    expect(() => createBodySigner("b", null, signing({ enabled: true }))).toThrow(/"b".*signing.enabled.*sign/);
  });
});

describe("the signature of an answer", () => {
  const jwk = { ...rsa.publicKey.export({ format: "jwk" }), kid: "bank-1" };
  const check = createAnswerCheck(answers({ jwks: [jwk] }));
  const key = createPrivateKey(pem(rsa.privateKey));

  it.each<[string, string | undefined, string | null]>([
    ["good", detached({ alg: "RS256", kid: "bank-1" }, body, key), null],
    ["good under a name that nobody knows", detached({ alg: "RS256", kid: "new" }, body, key), null],
    ["good in PS256", detached({ alg: "PS256" }, body, key, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }), null],
    ["good over the bytes as they are", detached({ alg: "RS256", b64: false, crit: ["b64"] }, body, key), null],
    ["absent", undefined, "missing"],
    ["of other bytes", detached({ alg: "RS256" }, Buffer.from('{"a":"ź"}'), key), "not the bank's"],
    ["of another key", detached({ alg: "RS256", kid: "bank-1" }, body, other.privateKey), "not the bank's"],
    ["with its payload in it", detached({ alg: "RS256" }, body, key).replace("..", `.${b64(body)}.`), "no detached JWS"],
    ["of no algorithm", `${b64('{"alg":"none"}')}..`, "of an algorithm that is not accepted"],
    ["of a shared secret", detached({ alg: "HS256" }, body, key), "of an algorithm that is not accepted"],
    ["no JWS at all", "abc", "no detached JWS"],
    ["with a header that is no JSON", "abc..def", "of an algorithm that is not accepted"],
  ])("that is %s", async (_name, signature, expected) => {
    expect(await check(signature, body)).toBe(expected);
  });

  it("is checked with a certificate too, by PEM or as /register gives it", async () => {
    const good = detached({ alg: "RS256", kid: "k" }, body, key);
    const x5c = [new X509Certificate(cert).raw.toString("base64")];
    for (const known of [{ certificates: [cert] }, { jwks: [{ kty: "RSA", use: "sig", kid: "k", x5c }] }]) {
      const checked = createAnswerCheck(answers(known));
      expect([await checked(good, body), await checked(undefined, body)]).toEqual([null, "missing"]);
    }
  });

  it("is checked with the keys that the bank publishes, fetched again when it changed them but not for every forgery", async () => {
    let served: object = { keys: [{ kty: "oct" }, jwk] };
    let fetches = 0;
    const server = createServer((_request, response) => {
      fetches += 1;
      response.end(JSON.stringify(served));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    let now = 0;
    const jwksUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/jwks`;
    const checked = createAnswerCheck(answers({ jwksUrl }), { now: () => now });
    try {
      const changed = detached({ alg: "RS256", kid: "bank-2" }, body, other.privateKey);
      expect(await checked(detached({ alg: "RS256", kid: "bank-1" }, body, key), body)).toBeNull();
      expect(await checked(changed, body)).toBe("not the bank's");
      expect(fetches).toBe(1);
      served = { keys: [{ ...other.publicKey.export({ format: "jwk" }), kid: "bank-2" }] };
      now = 5 * 60_000;
      expect(await checked(changed, body)).toBeNull();
      expect(fetches).toBe(2);
      const gone = createAnswerCheck(answers({ jwksUrl: "http://127.0.0.1:1/jwks" }));
      await expect(gone(changed, body)).rejects.toMatchObject({ failure: "BANK_TEMPORARY", bankCode: "JWKS" });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("is not asked for without a key of the bank, or where the check is off; a check without a key is a mistake", async () => {
    expect(await createAnswerCheck(answers({}))(undefined, body)).toBeNull();
    expect(await createAnswerCheck(answers({ jwks: [jwk], verify: false }))(undefined, body)).toBeNull();
    expect(() => createAnswerCheck(answers({ verify: true }))).toThrow(/"b".*answers.verify/);
    expect(() => createAnswerCheck(answers({ certificates: ["no PEM"] }))).toThrow(/"b".*answers/);
  });
});
