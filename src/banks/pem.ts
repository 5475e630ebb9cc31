import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** A PEM text as it stands, or the content of the file that `value` names relative to `folder`; opened once to prove that it is one. */
export function readPem(value: string, kind: "certificate" | "private key", folder: string): { pem: string } | { fault: string } {
  let pem = value;
  if (!value.includes("-----BEGIN ")) {
    try {
      pem = readFileSync(resolve(folder, value), "utf8");
    } catch (error) {
      const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
      return { fault: `file ${JSON.stringify(value)} cannot be read (${reason})` };
    }
  }
  try {
    if (kind === "certificate") new X509Certificate(pem);
    else createPrivateKey(pem);
    return { pem };
  } catch {
    return { fault: `is no ${kind} in PEM form` };
  }
}
