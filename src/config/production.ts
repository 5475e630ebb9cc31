import type { Config } from "./config.ts";
import type { Env } from "./env.ts";
import { keyFault } from "./master-key.ts";

const WITH = "with HUB_ENV=production";

/** What production refuses to start with (security.md): each fault names the variable and what it must be, never its value. */
export function productionFaults(config: Config, env: Env, purpose: "serve" | "command line"): readonly string[] {
  const faults: string[] = [];
  const key = env["HUB_SECRET_KEY"];
  if (key === undefined) faults.push(`HUB_SECRET_KEY must be set ${WITH}: 32 random bytes in base64 (openssl rand -base64 32)`);
  else if (keyFault(key) === "weak") faults.push(`HUB_SECRET_KEY must be random ${WITH}: this one has a pattern (openssl rand -base64 32)`);
  faults.push(...databaseFaults(env["DATABASE_URL"]));
  if (purpose === "command line") return faults;

  const { http, role } = config;
  if (config.sandboxBanks) faults.push(`SANDBOX_BANKS must be off ${WITH}`);
  if (config.logLevel === "trace" || config.logLevel === "debug") faults.push(`LOG_LEVEL must be info or less ${WITH}`);
  if (http.corsOrigins.some((origin) => !origin.startsWith("https://"))) faults.push(`CORS_ORIGINS must all be https ${WITH}`);
  if (http.tls === null && http.publicUrl === null) faults.push(`PUBLIC_URL must be set ${WITH} where the hub does not end TLS itself`);
  if (role !== "worker" && http.tls === null && config.trustedProxies.length === 0)
    faults.push(`TLS_CERT and TLS_KEY must be set ${WITH}, or TRUSTED_PROXIES where a proxy ends TLS and hands on Client-Cert`);
  return faults;
}

/** A database over the network whose password is missing or can be guessed. */
function databaseFaults(url: string | undefined): readonly string[] {
  if (url === undefined || !/^postgres(ql)?:/.test(url) || !URL.canParse(url)) return [];
  const { username, password, hostname } = new URL(url);
  if (isLocal(hostname) || hostname === "") return [];
  const guessable = password === "" || password === username || ["postgres", "password", "hub", "changeme"].includes(password);
  return guessable ? [`DATABASE_URL must carry a password that cannot be guessed ${WITH}`] : [];
}

function isLocal(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || host.startsWith("127.");
}
