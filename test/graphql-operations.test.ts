import { readdirSync, readFileSync } from "node:fs";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { parse, print, validate } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tooMuch } from "../src/graphql/limits.ts";
import { SAMPLE_OPERATIONS, sampleDocument } from "../src/graphql/sample-operations.ts";
import { buildHubSchema } from "../src/graphql/schema.ts";
import { startTestGraphql, type TestGraphql } from "./graphql.fixture.ts";
import { seedUser, type Seeded } from "./graphql.seed.ts";
import {
  BanksDocument,
  ChangesDocument,
  CreateConsentDocument,
  CreateUpdateDocument,
  CreateUserDocument,
  DashboardDocument,
  EverythingDocument,
  TransactionsDocument,
} from "./operations/operations.ts";

const FOLDER = new URL("../schema/operations/", import.meta.url);

describe("sample operations", () => {
  it("are the same in schema/operations as in the explorers", () => {
    const files = Object.fromEntries(
      readdirSync(FOLDER).map((name) => [name.replace(".graphql", ""), readFileSync(new URL(name, FOLDER), "utf8")]),
    );
    expect(files).toEqual(SAMPLE_OPERATIONS);
  });

  it("are valid, all in one document too, and within the limits", () => {
    const document = parse(sampleDocument());
    expect(validate(buildHubSchema(null), document)).toEqual([]);
    expect(tooMuch(document)).toBe(null);
  });
});

describe("a typed client", () => {
  let hub: TestGraphql;
  let seeded: Seeded;
  beforeAll(async () => {
    hub = await startTestGraphql();
    seeded = await seedUser(hub, 6);
  });
  afterAll(() => hub[Symbol.asyncDispose]());

  async function ask<Result, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
  ): Promise<Result> {
    const { data, errors } = await hub.run(print(document), variables);
    expect(errors).toBeUndefined();
    return data as Result;
  }

  it("does the main job with the sample operations", async () => {
    const { createUser } = await ask(CreateUserDocument, { clientId: "typed" });
    expect(createUser.errors).toEqual([]);
    expect((await ask(BanksDocument, { search: null })).banks.totalCount).toBe(0); // none of the played banks can be connected to
    const redirectUrl = "https://a.example/back";
    const { createConsent } = await ask(CreateConsentDocument, { userId: createUser.user?.id ?? "", bankId: "bank_bank-a", redirectUrl });
    expect(createConsent.consent?.authorizationUrl).toContain("https://bank.example/authorize");
    const { createUpdate } = await ask(CreateUpdateDocument, { consentId: seeded.consentId });
    expect(createUpdate).toMatchObject({ joined: false, update: { status: "QUEUED" } });
  });

  it("reads dashboard, statement, everything and the change log", async () => {
    const { userId, accounts } = seeded;
    const { user } = await ask(DashboardDocument, { userId });
    expect(user?.accounts.nodes.map(({ transactions }) => transactions.totalCount)).toEqual([6, 6]);
    const { account } = await ask(TransactionsDocument, { accountId: accounts[0]?.id ?? "", first: 4 });
    expect(account?.transactions).toMatchObject({ nodes: [{ date: "2026-01-06" }, {}, {}, {}], pageInfo: { hasNextPage: true } });
    const everything = await ask(EverythingDocument, { userId });
    expect(everything.user?.consents.nodes[0]?.updates.nodes.at(-1)?.accounts.nodes[1]?.transactions.nodes).toHaveLength(3);
    const { user: log } = await ask(ChangesDocument, { userId });
    expect(log?.changes).toMatchObject({ nextCursor: user?.changeCursor, hasMore: false });
  });
});
