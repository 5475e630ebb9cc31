import { constants, createPrivateKey, generateKeyPairSync, sign, verify, X509Certificate, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SandboxCa } from "../../sandbox/pki/sandbox-ca.ts";
import { createAnswerCheck, createBodySigner } from "./jws.ts";
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
  const check = createAnswerCheck("b", answers({ jwks: [jwk] }));
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
  ])("that is %s", (_name, signature, expected) => {
    expect(check(signature, body)).toBe(expected);
  });

  it("is checked with a certificate too, by PEM or as /register gives it", () => {
    const good = detached({ alg: "RS256", kid: "k" }, body, key);
    const x5c = [new X509Certificate(cert).raw.toString("base64")];
    for (const known of [{ certificates: [cert] }, { jwks: [{ kty: "RSA", use: "sig", kid: "k", x5c }] }])
      expect([createAnswerCheck("b", answers(known))(good, body), createAnswerCheck("b", answers(known))(undefined, body)]).toEqual([null, "missing"]); // prettier-ignore
  });

  it("is not asked for without a key of the bank, or where the check is off; a check without a key is a mistake", () => {
    expect(createAnswerCheck("b", answers({}))(undefined, body)).toBeNull();
    expect(createAnswerCheck("b", answers({ jwks: [jwk], verify: false }))(undefined, body)).toBeNull();
    expect(() => createAnswerCheck("b", answers({ verify: true }))).toThrow(/"b".*answers.verify/);
    expect(() => createAnswerCheck("b", answers({ certificates: ["no PEM"] }))).toThrow(/"b".*answers/);
  });
});
