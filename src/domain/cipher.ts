import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { Secret } from "./secret.ts";

/**
 * Encrypts small texts at rest (security.md, Data at rest): AES-256-GCM with a 16-byte tag and a random 12-byte IV. `boundTo` is
 * additional data: a sealed text that was moved to another row, column or owner does not open.
 */
export interface Sealer {
  seal(plain: string, boundTo: readonly string[]): string;
  /** @throws SealBroken where the text, the key or the binding is not the one it was sealed with. */
  open(sealed: string, boundTo: readonly string[]): string;
  /** Whether the text was sealed with the key that new texts are sealed with; its content is not looked at. */
  isCurrent(sealed: string): boolean;
}

/** Carries no text of what was sealed: only that it does not open. */
export class SealBroken extends Error {
  override readonly name = "SealBroken";
}

export const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const FORM = /^1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;

/** A sealer for one 32-byte key. The sealed text names the key by a fingerprint, so that keys can be told apart when they are changed. */
export function createSealer(key: Uint8Array): Sealer {
  if (key.length !== KEY_BYTES) throw new RangeError(`a sealing key has ${String(KEY_BYTES)} bytes, this one ${String(key.length)}`);
  const name = createHash("sha256").update("key name").update(key).digest("hex").slice(0, 8);
  return {
    seal(plain, boundTo) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(additionalData(boundTo));
      const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return `1.${name}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url")}`;
    },
    open(sealed, boundTo) {
      const match = FORM.exec(sealed);
      if (!match) throw new SealBroken("this is no sealed text");
      if (match[1] !== name) throw new SealBroken("sealed with another key");
      const bytes = Buffer.from(match[2] ?? "", "base64url");
      if (bytes.length < IV_BYTES + TAG_BYTES) throw new SealBroken("the sealed text is cut");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(additionalData(boundTo));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
      } catch {
        throw new SealBroken("the sealed text was changed or belongs elsewhere");
      }
    },
    isCurrent: (sealed) => FORM.exec(sealed)?.[1] === name,
  };
}

/**
 * The hub's own sealer: tenants' secrets, shared settings, and the wrapping of consents' keys.
 * @param masterKey - 32 bytes in base64; behind a space those of the key before it, which opens what is not yet sealed anew
 */
export function masterSealer(masterKey: Secret): Sealer {
  const [current, ...previous] = masterKey.reveal().split(" ").map((key) => createSealer(Buffer.from(key, "base64"))); // prettier-ignore
  if (!current) throw new RangeError("there is no master key");
  return {
    ...current,
    open: (sealed, boundTo) => (previous.find((one) => one.isCurrent(sealed)) ?? current).open(sealed, boundTo),
  };
}

/** Whether a text has the form of a sealed one. */
export function isSealed(text: string): boolean {
  return FORM.test(text);
}

/** Bindings that more than one folder needs, because the change of the master key seals everything anew. */
export const settingBinding = (name: string): readonly string[] => ["setting", name];

// JSON keeps the parts apart: ["ab", "c"] and ["a", "bc"] are different bindings.
function additionalData(boundTo: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(boundTo), "utf8");
}
