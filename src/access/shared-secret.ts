import { randomBytes } from "node:crypto";
import { settingBinding, type Sealer } from "../domain/cipher.ts";
import { Secret } from "../domain/secret.ts";
import type { Store } from "../store/store.ts";

/**
 * A secret that all processes over one database share: made by whoever needs it first, kept sealed under the master key. Where two
 * make it at once the store keeps one and both use that.
 */
export async function sharedSecret(
  store: Pick<Store, "setting" | "tx">,
  sealer: Sealer,
  name: string,
  make: () => string | Promise<string>,
): Promise<Secret> {
  const binding = settingBinding(name);
  const standing = await store.setting(name);
  if (standing !== null) return new Secret(sealer.open(standing, binding));
  const made = sealer.seal(await make(), binding);
  return new Secret(sealer.open(await store.tx((tx) => tx.settingOnce(name, made)), binding));
}

/** The pepper of API keys: apart from the master key, so that a change of the master key re-seals it and keeps every key valid. */
export function apiKeyPepper(store: Pick<Store, "setting" | "tx">, sealer: Sealer): Promise<Secret> {
  return sharedSecret(store, sealer, "access.api-key-pepper", () => randomBytes(32).toString("base64url"));
}
