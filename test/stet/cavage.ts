import { createHash, createSign, createVerify, type KeyLike } from "node:crypto";

/** draft-cavage-http-signatures, written apart from connector and sandbox so that neither can be wrong in the same way as this. */
export interface Signed {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export function digestOf(body: string): string {
  return `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
}

export function sign(request: Signed, key: KeyLike, keyId: string, names: readonly string[]): string {
  const signature = createSign("RSA-SHA256")
    .update(textOf(request, names, {}))
    .sign(key, "base64");
  return `keyId="${keyId}",algorithm="rsa-sha256",headers="${names.join(" ")}",signature="${signature}"`;
}

/** What is wrong with a request's signature; [] = nothing. */
export function faultsOf(request: Signed, certificate: KeyLike): readonly string[] {
  const parts = partsOf(String(request.headers["signature"] ?? ""));
  const names = (parts["headers"] ?? "").split(" ");
  const faults: string[] = [];
  if (request.headers["digest"] !== undefined && request.headers["digest"] !== digestOf(request.body)) faults.push("digest");
  for (const name of ["(request-target)", "x-request-id"]) if (!names.includes(name)) faults.push(`${name} not signed`);
  const good = createVerify("RSA-SHA256")
    .update(textOf(request, names, parts))
    .verify(certificate, parts["signature"] ?? "", "base64");
  return good ? faults : [...faults, "signature"];
}

export function partsOf(header: string): Readonly<Record<string, string>> {
  const parts: Record<string, string> = {};
  for (const [, name = "", quoted, bare = ""] of header.matchAll(/([a-zA-Z()]+)=(?:"([^"]*)"|([^,]*))(?:,\s*|$)/g))
    parts[name] = quoted ?? bare;
  return parts;
}

function textOf({ method, target, headers }: Signed, names: readonly string[], parts: Readonly<Record<string, string>>): string {
  const value = (name: string): string => {
    if (name === "(request-target)") return `${method.toLowerCase()} ${target}`;
    return name === "(created)" || name === "(expires)" ? (parts[name] ?? "") : String(headers[name]);
  };
  return names.map((name) => `${name}: ${value(name)}`).join("\n");
}
