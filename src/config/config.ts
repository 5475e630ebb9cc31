import { isIP } from "node:net";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Env } from "./env.ts";
import { networkFault } from "../domain/network.ts";
import { ConfigError } from "./config-error.ts";
import { productionFaults } from "./production.ts";

export type StoreConfig =
  { readonly dialect: "sqlite"; readonly file: string } | { readonly dialect: "postgres"; readonly url: string; readonly poolSize: number };

export type Role = "all" | "gateway" | "worker";

export interface Config {
  readonly environment: "SANDBOX" | "PRODUCTION";
  readonly role: Role;
  readonly http: {
    readonly host: string;
    /** 0 = any free port. */
    readonly port: number;
    /** Null = what the server listens on. No slash at the end. */
    readonly publicUrl: string | null;
    readonly corsOrigins: readonly string[];
    /** File names of PEM files. */
    readonly tls: { readonly cert: string; readonly key: string; readonly clientCa: string | null } | null;
  };
  /** Proxies whose word about a connection's far side is believed. */
  readonly trustedProxies: readonly string[];
  /** Where operators' keys are good from in production. */
  readonly operatorAddresses: readonly string[];
  readonly store: StoreConfig;
  /** Keys and the demo tenant of the sandbox live here. */
  readonly dataFolder: string;
  /** A file, or a folder of files. */
  readonly banksFile: string | null;
  readonly sandboxBanks: boolean;
  readonly logLevel: LogLevel;
  readonly unattendedCallsPerDay: number;
  /** What a tenant with its users, and one user, may ask for in a minute, in cost points. */
  readonly pointsPerMinute: { readonly tenant: number; readonly user: number };
}

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const DEFAULT_FILE = "data/hub.db";
const POOL_SIZE = 10;

/**
 * Checks every variable (design.md section 2) and gives each its default.
 * @param purpose - the command line needs none of what production demands of a server
 * @throws ConfigError naming all faulty variables at once, never their values.
 */
export function loadConfig(env: Env, role: Role = "all", purpose: "serve" | "command line" = "serve"): Config {
  const faults: string[] = [];
  const check = <T>(name: string, fallback: T, parse: (text: string) => T | undefined, expected: string): T => {
    const text = env[name];
    if (text === undefined) return fallback;
    const value = parse(text);
    if (value === undefined) faults.push(`${name} must be ${expected}`);
    return value ?? fallback;
  };

  const environment = check<Config["environment"]>("HUB_ENV", "SANDBOX", parseEnvironment, "sandbox or production");
  const production = environment === "PRODUCTION";
  const store = check<StoreConfig>(
    "DATABASE_URL",
    { dialect: "sqlite", file: resolve(DEFAULT_FILE) },
    parseStore,
    "file:<path> or postgres://<user>:<password>@<host>:<port>/<database>",
  );
  const config: Config = {
    environment,
    role,
    http: {
      host: check("HOST", "127.0.0.1", (text) => (isIP(text) > 0 || text === "localhost" ? text : undefined), "an IP address or localhost"),
      port: check("PORT", 4000, (text) => wholeNumber(text, 0, 65_535), "a whole number from 0 to 65535 (0 = any free port)"),
      publicUrl: check<string | null>(
        "PUBLIC_URL",
        null,
        (text) => origin(text, production),
        `an absolute ${production ? "https" : "http or https"} URL without query`,
      ),
      corsOrigins: check<readonly string[]>(
        "CORS_ORIGINS",
        [],
        parseOrigins,
        "a comma-separated list of origins such as https://app.example",
      ),
      tls: parseTls(env, faults),
    },
    trustedProxies: check<readonly string[]>("TRUSTED_PROXIES", [], parseNetworks, NETWORKS),
    operatorAddresses: check<readonly string[]>("OPERATOR_ADDRESSES", LOOPBACK, parseNetworks, NETWORKS),
    store,
    dataFolder: store.dialect === "sqlite" ? dirname(store.file) : resolve("data"),
    banksFile: check<string | null>("BANKS_FILE", null, (text) => resolve(text), "a file or a folder"),
    sandboxBanks: check("SANDBOX_BANKS", !production, onOff, "on or off"),
    logLevel: check<LogLevel>(
      "LOG_LEVEL",
      "info",
      (text) => LOG_LEVELS.find((level) => level === text.toLowerCase()),
      `one of ${LOG_LEVELS.join(", ")}`,
    ),
    unattendedCallsPerDay: check("UNATTENDED_CALLS_PER_DAY", 4, (text) => wholeNumber(text, 1, 1000), "a whole number from 1 to 1000"),
    pointsPerMinute: {
      tenant: check("TENANT_POINTS_PER_MINUTE", production ? 1_000_000 : 100_000_000, points, POINTS),
      user: check("USER_POINTS_PER_MINUTE", production ? 60_000 : 1_000_000, points, POINTS),
    },
  };
  if (production) faults.push(...productionFaults(config, env, purpose));
  if (role !== "all" && store.dialect === "sqlite") {
    faults.push(`--role ${role} needs DATABASE_URL=postgres://…: with SQLite one process does everything`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

const LOOPBACK = ["127.0.0.0/8", "::1"];
const NETWORKS = "a comma-separated list of IP addresses or networks such as 10.0.0.0/8";

const POINTS = "a whole number from 1 to 1000000000";
const points = (text: string): number | undefined => wholeNumber(text, 1, 1_000_000_000);

function parseStore(text: string): StoreConfig | undefined {
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return { dialect: "postgres", url: text, poolSize: POOL_SIZE };
  if (text.startsWith("file://") && URL.canParse(text)) return { dialect: "sqlite", file: fileURLToPath(text) };
  if (text.startsWith("file:") && text.length > 5) return { dialect: "sqlite", file: resolve(text.slice(5)) };
  return undefined;
}

function parseEnvironment(text: string): Config["environment"] | undefined {
  const upper = text.toUpperCase();
  return upper === "SANDBOX" || upper === "PRODUCTION" ? upper : undefined;
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

function onOff(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === "on" ? true : lower === "off" ? false : undefined;
}

function origin(text: string, httpsOnly: boolean): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== "https:" && (httpsOnly || url.protocol !== "http:")) return undefined;
  return url.search === "" && url.hash === "" && url.username === "" ? url.href.replace(/\/$/, "") : undefined;
}

function parseOrigins(text: string): readonly string[] | undefined {
  const origins = text.split(",").map((part) => part.trim());
  return origins.every((part) => URL.canParse(part) && new URL(part).origin === part) ? origins : undefined;
}

function parseNetworks(text: string): readonly string[] | undefined {
  const networks = text.split(",").map((part) => part.trim());
  return networks.every((part) => networkFault(part) === null) ? networks : undefined;
}

function parseTls(env: Env, faults: string[]): Config["http"]["tls"] {
  const [cert, key, clientCa] = [env["TLS_CERT"], env["TLS_KEY"], env["TLS_CLIENT_CA"]];
  if (cert === undefined && key === undefined && clientCa === undefined) return null;
  if (cert === undefined || key === undefined) {
    faults.push("TLS_CERT and TLS_KEY must be set together (TLS_CLIENT_CA needs both)");
    return null;
  }
  return { cert, key, clientCa: clientCa ?? null };
}
