import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../databases.ts";
import { REDIRECT_URL, startTestHub, type TestHub } from "../hub.ts";

interface Page {
  readonly totalCount: number;
  readonly nodes: readonly { readonly id: string; readonly name: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string;
    readonly endCursor: string;
  };
}

const BANKS = `query ($first: Int, $after: String, $last: Int, $before: String, $search: String, $filter: BankFilter) {
  banks(first: $first, after: $after, last: $last, before: $before, search: $search, filter: $filter) {
    totalCount nodes { id name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
const BANK = `id name country bic nationalBankCode logo standard environment connectable psuTypes maxHistoryDays maxConsentDays unattendedCallsPerDay scopes`;
const CREATE = `mutation ($input: CreateConsentInput!) { createConsent(input: $input) { consent { id status authorizationUrl bank { ${BANK} } } errors { __typename message path } } }`;

const banks = async (hub: TestHub, variables: object): Promise<Page> =>
  (await hub.client.run<{ banks: Page }>(BANKS, { ...variables })).banks;

async function createAt(
  hub: TestHub,
  bank: object,
): Promise<{
  consent: { id: string; authorizationUrl: string; bank: Record<string, unknown> } | null;
  errors: readonly { __typename: string; message: string }[];
}> {
  const { createUser } = await hub.client.run<{ createUser: { user: { id: string } } }>(
    `mutation { createUser(input: {}) { user { id } } }`,
  );
  const input = { user: { id: createUser.user.id }, bank, redirectUrl: REDIRECT_URL };
  return (await hub.client.run<{ createConsent: Awaited<ReturnType<typeof createAt>> }>(CREATE, { input })).createConsent;
}

describe("the bundled directory in the hub", () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub({ env: { BANKS_FILE: "", SANDBOX_BANKS: "on" } });
  });
  afterAll(() => hub[Symbol.asyncDispose]());

  it("is paged to its end forward and backward, every bank once and in the same order", async () => {
    const forward: string[] = [];
    const backward: string[] = [];
    let page = await banks(hub, { first: 500 });
    for (;;) {
      forward.push(...page.nodes.map(({ id }) => id));
      if (!page.pageInfo.hasNextPage) break;
      page = await banks(hub, { first: 500, after: page.pageInfo.endCursor });
    }
    page = await banks(hub, { last: 499 });
    for (;;) {
      backward.unshift(...page.nodes.map(({ id }) => id));
      if (!page.pageInfo.hasPreviousPage) break;
      page = await banks(hub, { last: 499, before: page.pageInfo.startCursor });
    }
    expect(page.totalCount).toBeGreaterThan(1_600);
    expect(forward).toHaveLength(page.totalCount);
    expect(new Set(forward).size).toBe(page.totalCount);
    expect(backward).toEqual(forward);
  });

  it("is searched and filtered through GraphQL, and a bank is chosen by each kind of id", async () => {
    expect((await banks(hub, { first: 1, search: "SPARKASSE  koln-bonn" })).nodes).toEqual([{ id: "bank_de-colsde33xxx", name: expect.stringContaining("Köln") }]); // prettier-ignore
    expect((await banks(hub, { first: 1, search: "10040048" })).nodes[0]?.name).toBe("Commerzbank AG");
    expect((await banks(hub, { filter: { countries: ["AT"] } })).totalCount).toBe(1);
    const connectable = await banks(hub, { filter: { connectable: true } });
    expect(connectable.nodes.map(({ id }) => id)).toEqual(expect.arrayContaining(hub.hub.banks.map(({ id }) => `bank_${id}`)));
    const byRef = `query ($by: BankBy!) { bank(by: $by) { ${BANK} } }`;
    for (const [bankId, bankIdType] of [
      ["de-cobadeffxxx", "HUB"],
      ["bank_de-cobadeffxxx", "HUB"],
      ["cobadeff", "BIC"],
      ["10040048", "NATIONAL_BANK_CODE"],
    ]) {
      // prettier-ignore
      const { bank } = await hub.client.run<{ bank: unknown }>(byRef, { by: { ref: { bankId, bankIdType } } });
      expect(bank).toEqual({
        id: "bank_de-cobadeffxxx", name: "Commerzbank AG", country: "DE", bic: "COBADEFFXXX", nationalBankCode: "10040010", logo: null,
        standard: "BERLIN_GROUP", environment: "PRODUCTION", connectable: false, psuTypes: [], maxHistoryDays: null, maxConsentDays: null,
        unattendedCallsPerDay: 4, scopes: [],
      }); // prettier-ignore
    }
  });

  it("has banks that a consent is refused for, with one clear refusal that says what to do", async () => {
    const { consent, errors } = await createAt(hub, { id: "bank_de-cobadeffxxx" });
    expect(consent).toBeNull();
    expect(errors).toEqual([{ __typename: "InvalidInput", path: ["bank"], message: expect.stringContaining("connectable") as string }]);
    expect(errors[0]?.message).toContain("Commerzbank AG is listed, but the hub has no connection to it");
  });

  it("shows a logo for every sandbox bank, which the hub serves as an SVG that can run and load nothing", async () => {
    for (const { id } of hub.hub.banks) {
      const { bank } = await hub.client.run<{ bank: { logo: string } }>(`query ($id: ID!) { bank(by: { id: $id }) { logo } }`, {
        id: `bank_${id}`,
      });
      const response = await fetch(bank.logo);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("image/svg+xml; charset=utf-8");
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("cache-control")).toBe("public, max-age=86400");
      expect(await response.text()).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      const again = await fetch(bank.logo, { headers: { "if-none-match": response.headers.get("etag") ?? "" } });
      expect(again.status).toBe(304);
    }
    for (const path of ["/logos/nobody.svg", "/logos/de-cobadeffxxx.svg", "/logos/..%2f..%2fpackage.json.svg", "/logos/x"]) {
      expect((await fetch(new URL(path, hub.hub.url))).status).toBe(404);
    }
  });
});

describe.each(databases)("a folder of banks that changes while the hub runs, on $name", ({ open }) => {
  let hub: TestHub;
  let folder: string;
  let before: Record<string, unknown>;
  let given: { userId: string; consentId: string };

  const put = (name: string, entries: readonly object[]): void => writeFileSync(join(folder, name), JSON.stringify(entries));
  /** Resolves when the search finds so many banks. */
  const listed = async (search: string, count: number): Promise<void> =>
    expect.poll(async () => (await banks(hub, { search })).totalCount, { timeout: 20_000, interval: 50 }).toBe(count);
  const removed = `query ($id: ID!) { consent(id: $id) { status bank { ${BANK} } accounts { nodes { bank { name } } } } }`;

  beforeAll(async () => {
    const url = await open();
    hub = await startTestHub({ ...(url === undefined ? {} : { databaseUrl: url }), banksInFolder: true });
    folder = join(hub.folder, "banks");
    given = await hub.givenConsent({ login: "demo" });
  });
  afterAll(() => hub[Symbol.asyncDispose]());

  it("a bank that an operator adds is found, chosen for a consent, and known to the engine, without a restart", async () => {
    put("second.json", [
      { ...hub.bank.entry, id: "second", name: "Zweite Bank Südtirol", country: "IT", bic: "ZWEIITMM", nationalBankCode: "6045" },
    ]);
    await listed("sudtirol", 1);
    for (const ref of [
      { bankId: "second", bankIdType: "HUB" },
      { bankId: "zweiitmm", bankIdType: "BIC" },
      { bankId: "6045", bankIdType: "NATIONAL_BANK_CODE" },
    ])
      // prettier-ignore
      expect((await createAt(hub, { ref })).errors).toEqual([]);
    const states = await hub.update((await hub.givenConsent({ bankId: "second", login: "business" })).consentId);
    expect(states.at(-1)?.status).toBe("COMPLETED");
  });

  it("a page goes on rightly although the bank it ended with has gone meanwhile", async () => {
    put("many.json", ["Alpha", "Beta", "Delta", "Gamma"].map((name) => ({ ...hub.bank.entry, id: name.toLowerCase(), name: `Page ${name}` }))); // prettier-ignore
    await listed("page", 4);
    const first = await banks(hub, { search: "page", first: 2 });
    expect(first.nodes.map(({ name }) => name)).toEqual(["Page Alpha", "Page Beta"]);
    put("many.json", ["Alpha", "Carla", "Delta", "Gamma"].map((name) => ({ ...hub.bank.entry, id: name.toLowerCase(), name: `Page ${name}` }))); // prettier-ignore
    await listed("carla", 1);
    const second = await banks(hub, { search: "page", first: 2, after: first.pageInfo.endCursor });
    expect(second.nodes.map(({ name }) => name)).toEqual(["Page Carla", "Page Delta"]);
    expect(second.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    const back = await banks(hub, { search: "page", last: 5, before: first.pageInfo.endCursor });
    expect(back.nodes.map(({ name }) => name)).toEqual(["Page Alpha"]);
  });

  it("a bank that an operator removes stays what it was in everything stored, but can no longer be connected to", async () => {
    await hub.update(given.consentId);
    const read = async () => (await hub.client.run<{ consent: { status: string; bank: Record<string, unknown>; accounts: { nodes: { bank: { name: string } }[] } } }>(removed, { id: given.consentId })).consent; // prettier-ignore
    before = (await read()).bank;
    expect(before).toMatchObject({ name: hub.bank.entry.name, standard: "BERLIN_GROUP", connectable: true });
    const waiting = await createAt(hub, { ref: { bankId: hub.bank.id, bankIdType: "HUB" } });
    put("banks.json", []);
    const there = `query ($id: ID!) { bank(by: { id: $id }) { id } }`;
    await expect
      .poll(async () => (await hub.client.run<{ bank: unknown }>(there, { id: before["id"] })).bank, { timeout: 20_000 })
      .toBeNull();
    const after = await read();
    expect(after.bank).toEqual({ ...before, connectable: false, logo: null });
    expect(after.status).toBe("GIVEN");
    expect(after.accounts.nodes.map(({ bank }) => bank.name)).toContain(before["name"]);
    const { node, bank } = await hub.client.run<{ node: unknown; bank: unknown }>(`query ($id: ID!) { node(id: $id) { ... on Bank { name connectable } } bank(by: { id: $id }) { id } }`, { id: before["id"] }); // prettier-ignore
    expect([node, bank]).toEqual([{ name: before["name"], connectable: false }, null]);
    // Somebody who was at the bank meanwhile comes back to their app, and learns how it ended.
    const state = new URL(waiting.consent?.authorizationUrl ?? "").searchParams.get("state") ?? "";
    const callback = new URL(`/callback/${hub.bank.id}?code=c&state=${state}`, hub.hub.url);
    const back = new URL((await fetch(callback, { redirect: "manual" })).headers.get("location") ?? "");
    expect(Object.fromEntries(back.searchParams)).toEqual({ consentId: waiting.consent?.id, status: "FAILED", error: "BANK_UNAVAILABLE" });
  });

  it("what is asked of a removed bank is refused clearly, and its consent can still be deleted", async () => {
    const { createUpdate, renewConsent } = await hub.client.run<
      Record<string, { errors: readonly { __typename: string; message: string }[] }>
    >(
      `mutation ($id: ID!) { createUpdate(input: { consentId: $id }) { errors { __typename message } } renewConsent(input: { consentId: $id }) { errors { __typename message } } }`,
      { id: given.consentId },
    );
    expect(createUpdate?.errors).toEqual([{ __typename: "ConsentNotUsable", message: expect.stringContaining("no longer in the hub's directory") as string }]); // prettier-ignore
    expect(renewConsent?.errors).toEqual([{ __typename: "ConsentNotUsable", message: expect.stringContaining("can no longer be connected to") as string }]); // prettier-ignore
    const { deleteConsent } = await hub.client.run<{ deleteConsent: { receipt: { bankRevocation: string } } }>(
      `mutation ($id: ID!) { deleteConsent(input: { consentId: $id }) { receipt { bankRevocation } } }`,
      { id: given.consentId },
    );
    expect(deleteConsent.receipt.bankRevocation).toBe("RETRYING");
  });

  it("counts of the directory are in the metrics", async () => {
    writeFileSync(join(folder, "faulty.json"), JSON.stringify([{ id: "x" }]));
    const metrics = async (): Promise<string> => (await fetch(new URL("/metrics", hub.hub.url))).text();
    await expect.poll(metrics, { timeout: 20_000, interval: 50 }).toMatch(/^hub_banks_faults [1-9]/m);
    expect(await metrics()).toMatch(/^hub_banks_connectable 5$/m);
    expect(await metrics()).toMatch(/^hub_banks_file_refused 0$/m);
  });
});
