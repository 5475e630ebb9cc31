import { createSign, generateKeyPair, generateKeyPairSync, randomBytes, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { bits, boolean, explicit, integer, octets, oid, sequence, setOf, time, tlv, utf8 } from "./der.ts";

export interface Certificate {
  /** PEM */
  readonly cert: string;
  /** PKCS#8 PEM */
  readonly key: string;
}

export interface CertificateRequest {
  /** Shown in the subject in this order. */
  readonly subject: Readonly<Partial<Record<keyof typeof ATTRIBUTES, string>>>;
  readonly use: "client" | "server";
  /** Loopback names for servers. @default ["localhost"] and 127.0.0.1 */
  readonly dns?: readonly string[];
  /** PSD2 roles in the QCStatement, e.g. ["PSP_AI"] (ETSI TS 119 495). */
  readonly roles?: readonly (keyof typeof ROLES)[];
  /** @default one year from now */
  readonly notAfter?: Date;
  /** @default a new pair, made while the caller waits */
  readonly keys?: KeyPair;
}

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A P-256 pair, for an authority: made in no time. */
export function ecKeys(): KeyPair {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

/** An RSA pair made on another thread: a start-up does not stand still for it. */
export function rsaKeys(): Promise<KeyPair> {
  return promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
}

const ATTRIBUTES = { C: "2.5.4.6", O: "2.5.4.10", organizationIdentifier: "2.5.4.97", CN: "2.5.4.3" } as const;
const ROLES = { PSP_AS: "0.4.0.19495.1.1", PSP_PI: "0.4.0.19495.1.2", PSP_AI: "0.4.0.19495.1.3", PSP_IC: "0.4.0.19495.1.4" } as const;
const SHA256_WITH_RSA = sequence(oid("1.2.840.113549.1.1.11"), tlv(0x05));
const SHA256_WITH_ECDSA = sequence(oid("1.2.840.10045.4.3.2"));
const YEAR = 365 * 86_400_000;

/** A certificate authority in memory, for sandbox banks with mTLS and for their TPPs. Never for anything real. */
export class SandboxCa {
  readonly cert: string;
  readonly #key: KeyObject;
  readonly #name: Buffer;

  constructor(commonName = "Sandbox CA", keys: KeyPair = generateKeyPairSync("rsa", { modulusLength: 2048 })) {
    const { privateKey, publicKey } = keys;
    this.#key = privateKey;
    this.#name = nameOf({ CN: commonName });
    this.cert = this.#sign(this.#name, publicKey, new Date(Date.now() + 10 * YEAR), [
      extension("2.5.29.19", sequence(boolean(true)), true),
    ]);
  }

  issue(request: CertificateRequest): Certificate {
    const { privateKey, publicKey } = request.keys ?? generateKeyPairSync("rsa", { modulusLength: 2048 });
    const usage = sequence(oid(request.use === "client" ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1"));
    const names = sequence(
      ...(request.dns ?? ["localhost"]).map((name) => tlv(0x82, Buffer.from(name))),
      tlv(0x87, Buffer.from([127, 0, 0, 1])),
    );
    const extensions = [
      extension("2.5.29.37", usage),
      ...(request.use === "server" ? [extension("2.5.29.17", names)] : []),
      ...(request.roles ? [extension("1.3.6.1.5.5.7.1.3", roleStatement(request.roles))] : []),
    ];
    const cert = this.#sign(nameOf(request.subject), publicKey, request.notAfter ?? new Date(Date.now() + YEAR), extensions);
    return { cert, key: privateKey.export({ type: "pkcs8", format: "pem" }) as string };
  }

  #sign(subject: Buffer, publicKey: KeyObject, notAfter: Date, extensions: readonly Buffer[]): string {
    const validity = sequence(time(new Date(Date.now() - YEAR)), time(notAfter));
    const algorithm = this.#key.asymmetricKeyType === "ec" ? SHA256_WITH_ECDSA : SHA256_WITH_RSA;
    const serial = integer(Buffer.concat([Buffer.from([0x4a]), randomBytes(9)]));
    const body = sequence(
      explicit(0, integer(Buffer.from([2]))),
      serial,
      algorithm,
      this.#name,
      validity,
      subject,
      publicKey.export({ type: "spki", format: "der" }),
      explicit(3, sequence(...extensions)),
    );
    const der = sequence(body, algorithm, bits(createSign("SHA256").update(body).sign(this.#key)));
    return `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}/g, "$&\n").trimEnd()}\n-----END CERTIFICATE-----\n`;
  }
}

function nameOf(subject: CertificateRequest["subject"]): Buffer {
  const parts = Object.entries(subject).map(([name, value]) =>
    setOf(sequence(oid(ATTRIBUTES[name as keyof typeof ATTRIBUTES]), name === "C" ? tlv(0x13, Buffer.from(value)) : utf8(value))),
  );
  return sequence(...parts);
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function roleStatement(roles: readonly (keyof typeof ROLES)[]): Buffer {
  const list = sequence(...roles.map((role) => sequence(oid(ROLES[role]), utf8(role))));
  return sequence(sequence(oid("0.4.0.19495.2"), sequence(list, utf8("Sandbox Authority"), utf8("XX-SBX"))));
}
