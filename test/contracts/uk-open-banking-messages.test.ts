import { constants, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseBanks } from "../../src/banks/load.ts";
import type { Connector, GrantHandle } from "../../src/connectors/connector.ts";
import { createUkOpenBankingConnector } from "../../src/connectors/uk-open-banking/index.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import { startUkOpenBankingBank } from "../../src/sandbox/uk-open-banking/bank.ts";
import { Bench, PSU } from "./connector-bench.ts";
import { variants, benches } from "./connector-benches.ts";
import { record, type Exchange } from "./polish-api-recorder.ts";

/**
 * Everything that connector and sandbox bank say to each other, held against the official OpenAPI files (test/fixtures/uk-open-banking, Open Banking
 * open licence), which neither was generated from; and what is signed, verified by node:crypto alone.
 */
interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
}
interface Slice {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly parameters?: readonly Parameter[]; readonly requestBody?: object }>>>
  >;
  readonly components: { readonly parameters: Readonly<Record<string, Parameter>>; readonly responses: Readonly<Record<string, unknown>> };
}

const COMMON = /^(host|connection|accept|accept-encoding|content-length|transfer-encoding|content-type)$/;

function official(version: "3.1.11" | "4.0") {
  const slice = JSON.parse(
    readFileSync(new URL(`../fixtures/uk-open-banking/${version}/ais-slice.json`, import.meta.url), "utf8"),
  ) as Slice;
  const ajv = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true });
  ajv.addFormat("date-time", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/);
  ajv.addFormat("uri", /^https?:\/\//);
  for (const format of ["float", "double", "int32", "int64"]) ajv.addFormat(format, true);
  ajv.addSchema(slice, "slice");
  const wrong = (schema: string, value: unknown): readonly string[] => {
    const validate = ajv.compile({ $ref: `slice#/components/schemas/${schema}` });
    return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${schema}${instancePath} ${message ?? ""}`);
  };
  return { slice, wrong };
}

const ANSWERS: readonly (readonly [RegExp, string])[] = [
  [/\/account-access-consents/, "OBReadConsentResponse1"],
  [/\/accounts$/, "OBReadAccount6"],
  [/\/balances$/, "OBReadBalance1"],
  [/\/transactions$/, "OBReadTransaction6"],
  [/\/parties$/, "OBReadParty3"],
  [/\/party$/, "OBReadParty2"],
];

/** Where a request departs from the official file. */
function departures({ slice, wrong }: ReturnType<typeof official>, { path, request }: Exchange): readonly string[] {
  const url = new URL(path, "http://bank");
  const resource = url.pathname.replace(/^\/open-banking\/v[\d.]+\/aisp/, "");
  const template = Object.keys(slice.paths).find((one) => new RegExp(`^${one.replace(/\{[^}]+\}/g, "[^/]+")}$`).test(resource));
  const operation = template === undefined ? undefined : slice.paths[template]?.[request.method.toLowerCase()];
  if (!operation) return [`${request.method} ${resource} is not in the standard`];
  const known = (operation.parameters ?? []).map((one) => slice.components.parameters[one.$ref?.split("/").pop() ?? ""] ?? one);
  const names = (place: string) => known.filter((one) => one.in === place).map(({ name }) => name.toLowerCase());
  const strange = [
    ...Object.keys(request.headers).filter((name) => !COMMON.test(name) && !names("header").includes(name)),
    ...[...url.searchParams.keys()].filter((name) => !names("query").includes(name.toLowerCase())),
  ].map((name) => `${name} is not in the standard`);
  const missing = known
    .filter(({ required, name, in: place }) => required === true && place === "header" && request.headers[name.toLowerCase()] === undefined)
    .map(({ name }) => `${name} is missing`);
  const times = ["fromBookingDateTime", "toBookingDateTime"]
    .map((name) => url.searchParams.get(name))
    .filter((time) => time !== null && !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(time))
    .map((time) => `${String(time)}: a time of the query has no zone`);
  const body = request.body.length === 0 ? [] : wrong("OBReadConsent1", JSON.parse(request.body.toString()));
  return [...strange, ...missing, ...times, ...body];
}

describe.each([
  ["4.0", benches.UK_OPEN_BANKING],
  ["3.1.11", variants["UK_OPEN_BANKING 3.1.11, pushed requests, client secret"].setup],
] as const)("every message of %s", (version, setup) => {
  const spec = official(version);
  let bank: SandboxBank;
  let recorder: Awaited<ReturnType<typeof record>>;
  let connector: Connector;
  let bench: Bench;
  let authorizationUrl = "";

  beforeAll(async () => {
    bank = await startUkOpenBankingBank({ businessCount: 1, ...(version === "4.0" ? {} : { version: "3.1", flow: "par" }) });
    recorder = await record(bank.baseUrl);
    const issuer = bank.entry.auth.tokenUrl.replace("/oauth/token", "");
    const { profile, auth } = bank.entry;
    const seen = { baseUrl: recorder.origin, auth: { ...auth, tokenUrl: `${recorder.origin}/oauth/token` } };
    const entryJson = { ...bank.entry, ...seen, profile: { ...profile, oauthAudience: issuer } };
    const [entry] = parseBanks([entryJson], "the recorded bank", { environment: "SANDBOX", unattendedCallsPerDay: 4 });
    if (!entry) throw new Error("the entry was not read");
    const clock = { now: () => bank.clock.nowMs() };
    connector = createUkOpenBankingConnector(entry, { clock });
    bench = new Bench({ bank, connector, clock, setup });
    const { opened, returned } = await bench.open();
    authorizationUrl = opened.authorizationUrl;
    const parameters = await bench.decide(authorizationUrl, "anna");
    const done = await connector.completeGrant({ ...returned, parameters }, bench.signal);
    if (done.outcome !== "GIVEN") throw new Error(done.outcome);
    await everyRead(done.handle);
  });
  afterAll(async () => {
    await connector.close();
    await recorder.close();
    await bank[Symbol.asyncDispose]();
  });

  async function everyRead(handle: GrantHandle): Promise<void> {
    const call = { handle, psu: PSU };
    const { accounts } = await connector.accounts(call, bench.signal);
    for (const account of accounts) {
      await connector.balances(call, account, bench.signal);
      const request = { account, from: null, to: bench.today(), cursor: null, entryReferenceFrom: null };
      await connector.transactions(call, { ...request, from: "2026-11-01" }, bench.signal);
    }
    await connector.identity(call, accounts, bench.signal);
    await connector.grantState(call, bench.signal);
    await connector.revoke({ handle, psu: null }, bench.signal);
    await connector.grantState({ handle, psu: null }, bench.signal);
  }

  it("that the connector sends is as the OpenAPI file has it", () => {
    const api = recorder.exchanges.filter(({ path }) => path.startsWith("/open-banking/"));
    expect(new Set(api.map(({ path }) => path.split("?")[0]?.split("/").pop())).size).toBeGreaterThanOrEqual(6);
    expect(api.flatMap((exchange) => departures(spec, exchange))).toEqual([]);
    expect(api.every(({ request }) => String(request.headers.authorization).startsWith("Bearer "))).toBe(true);
  });

  it("that the bank answers is as the OpenAPI file has it, with the interaction id it was sent", () => {
    const api = recorder.exchanges.filter(({ path }) => path.startsWith("/open-banking/"));
    const faults = api.flatMap(({ path, answer }) => {
      const schema = answer.status >= 400 ? "OBErrorResponse1" : ANSWERS.find(([shape]) => shape.test(path.split("?")[0] ?? ""))?.[1];
      return answer.body.length === 0 ? [] : spec.wrong(schema ?? path, JSON.parse(answer.body.toString()));
    });
    expect(faults).toEqual([]);
    expect(api.filter(({ answer }) => answer.status >= 400).length).toBeGreaterThan(0);
    const echoed = api.filter(({ answer }) => answer.status < 400);
    expect(echoed.map(({ answer }) => answer.headers["x-fapi-interaction-id"])).toEqual(
      echoed.map(({ request }) => request.headers["x-fapi-interaction-id"]),
    );
  });

  it("that proves the client is signed with PS256, fresh, and for this bank", () => {
    const key = createPublicKey(bank.entry.sign?.key ?? "");
    const signed = [
      ...recorder.exchanges.map(({ request }) => new URLSearchParams(request.body.toString()).get("client_assertion")),
      new URL(authorizationUrl).searchParams.get("request"),
    ].filter((jws) => jws !== null);
    // The 3.1 bank takes a secret and has the request object by the back channel, past the recorder.
    expect(signed.length).toBeGreaterThanOrEqual(version === "4.0" ? 2 : 0);
    for (const jws of signed) {
      const [head = "", payload = "", signature = ""] = jws.split(".");
      const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
      expect(verify("sha256", Buffer.from(`${head}.${payload}`), options, Buffer.from(signature, "base64url"))).toBe(true);
      expect(JSON.parse(Buffer.from(head, "base64url").toString())).toMatchObject({ alg: "PS256", kid: bank.entry.sign?.keyId });
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, number>;
      expect([claims["iss"], claims["aud"]]).toEqual([bank.entry.auth.clientId, bank.entry.auth.tokenUrl.replace("/oauth/token", "")]);
      expect((claims["exp"] ?? 0) - (claims["iat"] ?? 0)).toBeLessThanOrEqual(3600);
    }
  });

  it.runIf(version === "4.0")("asks in its request object for this consent, strong authentication and a challenge to its verifier", () => {
    const query = new URL(authorizationUrl).searchParams;
    const claims = JSON.parse(Buffer.from(query.get("request")?.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
    const { ConsentId } = (
      JSON.parse(recorder.exchanges.find(({ answer }) => answer.status === 201)?.answer.body.toString() ?? "") as {
        Data: { ConsentId: string };
      }
    ).Data;
    const intent = { openbanking_intent_id: { value: ConsentId, essential: true } };
    expect(claims).toMatchObject({
      response_type: "code id_token",
      scope: "openid accounts",
      code_challenge_method: "S256",
      claims: { userinfo: intent, id_token: { ...intent, acr: { essential: true } } },
    });
    for (const name of ["response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge"])
      expect([name, claims[name]]).toEqual([name, query.get(name)]);
    expect(claims["nbf"]).toBeDefined();
  });

  it("of the specification's own examples is right by the same file", () => {
    const text = readFileSync(new URL(`../fixtures/uk-open-banking/${version}/messages.json`, import.meta.url), "utf8");
    const messages = JSON.parse(text) as Record<string, { schema: string; body: unknown }>;
    expect(Object.values(messages).flatMap(({ schema, body }) => spec.wrong(schema, body))).toEqual([]);
  });
});
