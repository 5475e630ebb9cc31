import { readFileSync } from "node:fs";
import { createPublicKey, verify, X509Certificate, type JsonWebKey, type KeyObject } from "node:crypto";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseBanks } from "../../src/banks/load.ts";
import { createPolishApiConnector } from "../../src/connectors/polish-api/index.ts";
import type { Connector, GrantHandle } from "../../src/connectors/connector.ts";
import { startPolishApiBank } from "../../src/sandbox/polish-api/bank.ts";
import type { PolishApiBankOptions } from "../../src/sandbox/polish-api/options.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import { Bench, PSU } from "./connector-bench.ts";
import { benches } from "./connector-benches.ts";
import { record, type Exchange } from "./polish-api-recorder.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly enum?: readonly string[];
  readonly schema?: object;
  readonly $ref?: string;
}
interface Operation {
  readonly parameters: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly schema?: object }>>;
}
interface Swagger {
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly paths: Readonly<Record<string, { readonly post: Operation }>>;
}

/** What the official file of a version says of an exchange. */
function specification(file: string) {
  const swagger = JSON.parse(readFileSync(new URL(`../fixtures/polish-api/${file}`, import.meta.url), "utf8")) as Swagger;
  const ajv = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true });
  ajv.addFormat("date", /^\d{4}-\d{2}-\d{2}$/);
  ajv.addFormat("date-time", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/);
  ajv.addFormat("uuid", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  for (const format of ["double", "int32"]) ajv.addFormat(format, true);
  ajv.addSchema({ $id: "spec", definitions: (swagger as unknown as { definitions: object }).definitions });
  const faults = (where: string, schema: object, body: Buffer): string[] => {
    const rooted = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"spec#/')) as object;
    const validate = ajv.compile(rooted);
    if (validate(JSON.parse(body.toString()))) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${where}${instancePath} ${message ?? ""}`);
  };
  return {
    operations: Object.keys(swagger.paths),
    departures({ path, request, answer }: Exchange): readonly string[] {
      const operation = swagger.paths[path]?.post;
      if (!operation || request.method !== "POST") return [`${request.method} ${path} is not in the standard`];
      const parameters = operation.parameters.map((one) =>
        one.$ref === undefined ? one : (swagger.parameters?.[one.$ref.split("/").pop() ?? ""] ?? one),
      );
      const found: string[] = [];
      for (const { name, in: place, required, enum: allowed, schema } of parameters) {
        if (place === "body") found.push(...faults("request", schema ?? {}, request.body));
        const value = request.headers[name.toLowerCase()];
        if (place === "header" && required && value === undefined) found.push(`header ${name} is missing`);
        if (place === "header" && allowed && !allowed.includes(String(value))) found.push(`header ${name}: ${String(value)}`);
      }
      const documented = operation.responses[String(answer.status)];
      if (!documented) found.push(`status ${String(answer.status)} is not in the standard`);
      else if (documented.schema) found.push(...faults("answer", documented.schema, answer.body));
      return found.map((fault) => `${path}: ${fault}`);
    },
  };
}

/** RFC 7515 with the payload left out, written without a line of the connector's or the bank's own. */
function isSignedBy(key: KeyObject, signature: unknown, body: Buffer): boolean {
  const [header = "", payload, end = ""] = String(signature).split(".");
  const { alg } = JSON.parse(Buffer.from(header, "base64url").toString()) as { alg: string };
  const input = Buffer.from(`${header}.${body.toString("base64url")}`);
  return payload === "" && alg === "RS256" && verify("RSA-SHA256", input, key, Buffer.from(end, "base64url"));
}

describe.each<[string, string, PolishApiBankOptions]>([
  ["2.1.2", "2.1.2/ais-slice.json", { version: "2.1.2", numbers: "nrb", flow: "exchange" }],
  ["3.0", "3.0/as-ais.reconstructed.json", { version: "3.0" }],
])("PolishAPI %s", (_version, file, options) => {
  const spec = specification(file);
  const all = ["done", "pending", "holds", "scheduled", "rejected", "cancelled"];
  let bank: SandboxBank;
  let connector: Connector;
  let handle: GrantHandle;
  let exchanges: readonly Exchange[];
  let close: () => Promise<void>;

  beforeAll(async () => {
    bank = await startPolishApiBank({ businessCount: 1, ...options });
    const { origin, ...recorder } = await record(bank.baseUrl);
    ({ exchanges, close } = recorder);
    const profile = { ...bank.entry.profile, transactions: { lists: all } };
    const through = JSON.parse(JSON.stringify({ ...bank.entry, profile }).replaceAll(bank.baseUrl, origin)) as object;
    const [entry] = parseBanks([through], "entry", { environment: "SANDBOX", unattendedCallsPerDay: 4 });
    if (!entry) throw new Error("no entry");
    const clock = { now: () => bank.clock.nowMs() };
    connector = createPolishApiConnector(entry, { clock });
    const bench = new Bench({ bank, connector, clock, setup: benches.POLISH_API });
    handle = await bench.grant("demo");
    for (const psu of [PSU, null]) {
      const { accounts } = await connector.accounts({ handle, psu }, bench.signal);
      for (const account of accounts) await bench.pages(handle, account, { psu, from: psu === null ? null : bench.today() });
    }
    handle = (await connector.refresh(handle, bench.signal)) ?? handle;
    await connector.revoke({ handle, psu: null }, bench.signal);
    await connector.accounts({ handle, psu: null }, bench.signal).catch(() => undefined);
  }, 30_000);
  afterAll(async () => {
    await connector.close();
    await close();
    await bank[Symbol.asyncDispose]();
  });

  it("is kept by every request and every answer", () => {
    expect(exchanges.flatMap((exchange) => spec.departures(exchange))).toEqual([]);
    expect(exchanges.length).toBeGreaterThan(40);
  });

  it("is spoken whole: every operation of AIS is called", () => {
    const left = new Set(spec.operations.map((path) => path.split("/").pop() ?? ""));
    for (const { path } of exchanges) left.delete(path.split("/").pop() ?? "");
    // A code typed in by the person, registration, and details at one call a row are no part of the connector; the list only in the flow that needs it.
    expect([...left].sort()).toEqual(["authorizeExt", ...(options.flow === "exchange" ? [] : ["getAccounts"]), "getTransactionDetail", ...(options.version === "3.0" ? ["register"] : [])].sort()); // prettier-ignore
  });

  it("is signed both ways over the exact bytes", () => {
    const tpp = new X509Certificate(bank.entry.sign?.cert ?? "").publicKey;
    const [jwk] = (bank.entry.profile as { answers: { jwks: JsonWebKey[] } }).answers.jwks;
    const bankKey = createPublicKey({ key: jwk ?? {}, format: "jwk" });
    for (const { request, answer } of exchanges) {
      expect(isSignedBy(tpp, request.headers["x-jws-signature"], request.body)).toBe(true);
      expect(isSignedBy(tpp, request.headers["x-jws-signature"], Buffer.concat([request.body, Buffer.from(" ")]))).toBe(false);
      if (answer.status === 200) expect(isSignedBy(bankKey, answer.headers["x-jws-signature"], answer.body)).toBe(true);
    }
  });

  it("says the same in header and body, and each request by a name of its own", () => {
    const ids = exchanges.map(({ request }) => {
      const { requestHeader } = JSON.parse(request.body.toString()) as { requestHeader: Record<string, unknown> };
      expect(request.headers["x-request-id"]).toBe(requestHeader["requestId"]);
      if (requestHeader["token"] !== undefined) expect(request.headers.authorization).toBe(`Bearer ${String(requestHeader["token"])}`);
      expect(requestHeader["isDirectPsu"] === true).toBe(requestHeader["token"] !== undefined && requestHeader["ipAddress"] !== undefined);
      return String(requestHeader["requestId"]);
    });
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true);
  });
});
