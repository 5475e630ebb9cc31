import { randomBytes } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../domain/secret.ts";
import { KEY_BYTES, keyFault } from "./master-key.ts";
import { ConfigError } from "./config-error.ts";
import type { Config } from "./config.ts";
import type { Env } from "./env.ts";

const KEY_FILE = "hub.key";

/**
 * The master key: `HUB_SECRET_KEY`, or in sandbox one made once and kept in the data folder with mode 0600.
 * `HUB_SECRET_KEY_PREVIOUS` opens what the key before has sealed, while and until everything is sealed anew.
 * @returns 32 bytes in base64, and those of the key before behind a space
 */
export function loadMasterKey(config: Pick<Config, "environment" | "dataFolder">, env: Env): Secret {
  const [given, previous] = [env["HUB_SECRET_KEY"], env["HUB_SECRET_KEY_PREVIOUS"]];
  if (given === undefined && previous !== undefined) throw new ConfigError(["HUB_SECRET_KEY_PREVIOUS needs HUB_SECRET_KEY: the new key"]);
  if (given !== undefined) {
    const key = checked(given, "HUB_SECRET_KEY");
    return previous === undefined ? key : new Secret(`${key.reveal()} ${checked(previous, "HUB_SECRET_KEY_PREVIOUS").reveal()}`);
  }
  if (config.environment === "PRODUCTION") throw new ConfigError(["HUB_SECRET_KEY must be set with HUB_ENV=production"]);
  const file = join(config.dataFolder, KEY_FILE);
  if (!existsSync(file)) {
    // "wx": of two processes that start at once only one makes the key, the other reads it.
    try {
      writeFileSync(file, `${randomBytes(KEY_BYTES).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
    } catch (error) {
      if (!existsSync(file)) throw error;
    }
  }
  return checked(readFileSync(file, "utf8").trim(), file);
}

function checked(text: string, source: string): Secret {
  if (keyFault(text) === "form") throw new ConfigError([`${source} must hold 32 bytes in base64 (openssl rand -base64 32)`]);
  return new Secret(text);
}

/** Makes the data folder and proves that it can be written. @throws ConfigError */
export function openDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.R_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new ConfigError([
      `the data folder ${folder} cannot be written (${reason}): make it writable, or point DATABASE_URL=file:<path> elsewhere`,
    ]);
  }
}
