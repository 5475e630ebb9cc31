import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseBanks } from "../banks/load.ts";
import { ConfigError } from "./config-error.ts";
import { loadConfig } from "./config.ts";
import type { Env } from "./env.ts";

const GOOD: Env = {
  HUB_ENV: "production",
  HUB_SECRET_KEY: randomBytes(32).toString("base64"),
  TLS_CERT: "cert.pem",
  TLS_KEY: "key.pem",
  DATABASE_URL: "postgres://hub:kJ8w-27yQ@db.example/hub",
};

function faults(change: Env, purpose?: "command line"): readonly string[] {
  try {
    loadConfig(Object.fromEntries(Object.entries({ ...GOOD, ...change }).filter(([, value]) => value !== "")), "all", purpose);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults;
  }
}

describe("production", () => {
  it("starts with a key, TLS, and a database whose password is its own", () => {
    expect(faults({})).toEqual([]);
  });

  it("needs no TLS of its own behind a proxy that is named, but then its public URL", () => {
    const behind = { TLS_CERT: "", TLS_KEY: "", TRUSTED_PROXIES: "10.0.0.0/8" };
    expect(faults({ ...behind, PUBLIC_URL: "https://hub.example" })).toEqual([]);
    expect(faults(behind)).toEqual([expect.stringContaining("PUBLIC_URL must be set")]);
  });

  it.each<[string, Env, string]>([
    ["no master key", { HUB_SECRET_KEY: "" }, "HUB_SECRET_KEY must be set with HUB_ENV=production"],
    ["a master key of zeros", { HUB_SECRET_KEY: Buffer.alloc(32).toString("base64") }, "HUB_SECRET_KEY must be random"],
    ["one that counts", { HUB_SECRET_KEY: Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString("base64") }, "HUB_SECRET_KEY must be random"],
    ["one of words", { HUB_SECRET_KEY: Buffer.from("correct horse battery staple, 32").toString("base64") }, "HUB_SECRET_KEY must be random"],
    ["sandbox banks", { SANDBOX_BANKS: "on" }, "SANDBOX_BANKS must be off"],
    ["no TLS", { TLS_CERT: "", TLS_KEY: "", PUBLIC_URL: "https://hub.example" }, "TLS_CERT and TLS_KEY must be set with HUB_ENV=production"],
    ["an http public URL", { PUBLIC_URL: "http://hub.example" }, "PUBLIC_URL must be an absolute https URL"],
    ["an http origin", { CORS_ORIGINS: "https://a.example,http://b.example" }, "CORS_ORIGINS must all be https"],
    ["a log that tells everything", { LOG_LEVEL: "trace" }, "LOG_LEVEL must be info or less"],
    ["a database password that is the user's name", { DATABASE_URL: "postgres://hub:hub@db.example/hub" }, "DATABASE_URL must carry a password that cannot be guessed"],
    ["a database over the network without a password", { DATABASE_URL: "postgres://hub@db.example/hub" }, "DATABASE_URL must carry a password"],
    ["proxies all over the world", { TRUSTED_PROXIES: "0.0.0.0/0" }, "TRUSTED_PROXIES must be"],
    ["operators anywhere", { OPERATOR_ADDRESSES: "0.0.0.0/0" }, "OPERATOR_ADDRESSES must be"],
  ])("refuses %s, and says which setting", (_name, change, fault) => {
    const found = faults(change);
    expect(found).toEqual([expect.stringContaining(fault)]);
    for (const value of Object.values(change)) if (value !== "" && value !== "on") expect(found.join()).not.toContain(value);
  }); // prettier-ignore

  it("refuses all faults at once", () => {
    expect(faults({ HUB_SECRET_KEY: "", SANDBOX_BANKS: "on", LOG_LEVEL: "debug" })).toHaveLength(3);
  });

  it("never takes a random key for a weak one", () => {
    for (let i = 0; i < 2_000; i++) expect(faults({ HUB_SECRET_KEY: randomBytes(32).toString("base64") }, "command line")).toEqual([]);
  });

  it("asks the command line for the key and the database alone", () => {
    expect(faults({ TLS_CERT: "", TLS_KEY: "" }, "command line")).toEqual([]);
    expect(faults({ HUB_SECRET_KEY: "" }, "command line")).toHaveLength(1);
  });

  it("refuses banks over http and banks that say they are sandboxes", () => {
    const bank = {
      id: "a",
      name: "A",
      country: "DE",
      standard: "BERLIN_GROUP",
      auth: { clientId: "x", authorizationUrl: "https://a.example" },
    };
    const options = { environment: "PRODUCTION", unattendedCallsPerDay: 4 } as const;
    const refusal = (entry: object): string => {
      try {
        parseBanks([entry], "banks.json", options);
        return "";
      } catch (error) {
        return String(error);
      }
    };
    expect(refusal({ ...bank, baseUrl: "https://a.example" })).toBe("");
    expect(refusal({ ...bank, baseUrl: "http://a.example" })).toContain("baseUrl: must be https with HUB_ENV=production");
    expect(refusal({ ...bank, baseUrl: "https://a.example", environment: "SANDBOX" })).toContain("environment: must not be SANDBOX");
  });
});
