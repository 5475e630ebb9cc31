import fc from "fast-check";
import {
  execute,
  getNamedType,
  isAbstractType,
  isObjectType,
  isRequiredArgument,
  parse,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAudit } from "../src/access/audit.ts";
import { createDirectory } from "../src/banks/directory-of.ts";
import { Context } from "../src/graphql/context.ts";
import { buildHubSchema, type SchemaParts } from "../src/graphql/schema.ts";
import { Sources } from "../src/graphql/subscription/sources.ts";
import { createWatch } from "../src/events/watch.ts";
import { createLoaders } from "../src/loaders/loaders.ts";
import { BANKS, startTestGraphql, type TestGraphql } from "./graphql.fixture.ts";
import { seedUser, type Seeded } from "./graphql.seed.ts";

const DEPTH = 6;

let hub: TestGraphql;
let seeded: Seeded;
let schemas: { readonly short: GraphQLSchema; readonly long: GraphQLSchema };
let contextOf: () => Promise<Context>;
beforeAll(async () => {
  hub = await startTestGraphql();
  seeded = await seedUser(hub);
  const { store, access, consents, clock, admin } = hub;
  const notCalled = (): Promise<never> => Promise.reject(new Error("queries request no update"));
  const parts: SchemaParts = {
    store,
    access,
    consents,
    clock,
    admin,
    environment: "SANDBOX",
    banks: createDirectory(BANKS),
    requests: { create: notCalled, cancel: notCalled },
  };
  schemas = { short: buildHubSchema(parts), long: buildHubSchema(parts, () => undefined) };
  const sources = new Sources(createWatch(hub), store);
  contextOf = async () => {
    const caller = await access.authenticate(`Bearer ${hub.apiKey}`, undefined);
    if (caller.kind === "refused") throw new Error("the key is good");
    return new Context({
      caller,
      psu: null,
      signal: new AbortController().signal,
      sources,
      audit: createAudit({ store, clock }),
      createLoaders: (owner) => createLoaders(hub, owner),
    });
  };
});
afterAll(() => hub[Symbol.asyncDispose]());

/** A selection of `type`, chosen by `pick` (each answer below its argument). Fields that need arguments are left out. */
function selection(schema: GraphQLSchema, type: GraphQLNamedType, depth: number, pick: (below: number) => number): string {
  if (isAbstractType(type)) {
    const parts = schema.getPossibleTypes(type).map((one) => `... on ${one.name} ${selection(schema, one, depth, pick)}`);
    return `{ __typename ${parts.join(" ")} }`;
  }
  if (!isObjectType(type)) return "";
  const fields = Object.values(type.getFields()).filter((field) => !field.args.some(isRequiredArgument));
  const chosen = fields.filter((field) => (isLeaf(field) || depth > 0) && pick(isLeaf(field) ? 2 : 3) === 0);
  const texts = chosen.map((field) => `${field.name} ${isLeaf(field) ? "" : selection(schema, getNamedType(field.type), depth - 1, pick)}`);
  return `{ ${["__typename", ...texts].join(" ")} }`;
}

function isLeaf(field: GraphQLField<unknown, unknown>): boolean {
  const type = getNamedType(field.type);
  return !isObjectType(type) && !isAbstractType(type);
}

async function answer(schema: GraphQLSchema, text: string): Promise<string> {
  return JSON.stringify(await execute({ schema, document: parse(text), contextValue: await contextOf() }));
}

describe("short resolvers", () => {
  it("give the same bytes as type-graphql's own, whatever is selected", async () => {
    const roots = [
      ["user", `user(by: { id: "${seeded.userId}" })`, "User"],
      ["consent", `consent(id: "${seeded.consentId}")`, "Consent"],
      ["account", `account(id: "${seeded.accounts[0]?.id ?? ""}")`, "Account"],
      ["update", `update(id: "${seeded.updateIds[0] ?? ""}")`, "Update"],
    ] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...roots), fc.infiniteStream(fc.nat(5)), async ([name, call, typeName], choices) => {
        const type = schemas.short.getType(typeName);
        if (!type) throw new Error(`${typeName} is not in the schema`);
        const pick = (below: number): number => Number(choices.next().value) % below;
        const text = `{ ${call} ${selection(schemas.short, type, DEPTH, pick)} }`;
        const long = await answer(schemas.long, text);
        expect(JSON.parse(long)).toMatchObject({ data: { [name]: { __typename: typeName } } });
        expect(await answer(schemas.short, text)).toBe(long);
      }),
      { numRuns: 60 },
    );
  });
});
