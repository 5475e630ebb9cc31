import { readFileSync } from "node:fs";
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
  type GraphQLField,
} from "graphql";
import { describe, expect, it } from "vitest";
import { ROOT_RULES, ruleOf, TYPE_RULES } from "../src/graphql/access-rules.ts";
import { buildHubSchema, printHubSchema } from "../src/graphql/schema.ts";

const schema = buildHubSchema(null);
const types = Object.values(schema.getTypeMap()).filter(
  ({ name }) => !name.startsWith("__") && !["String", "Int", "Float", "Boolean", "ID"].includes(name),
);
const fields = types.flatMap((type) =>
  isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()).map((field) => ({ owner: type.name, field })) : [],
);

describe("the schema", () => {
  it("is what schema/schema.graphql says", () => {
    const committed = readFileSync(new URL("../schema/schema.graphql", import.meta.url), "utf8");
    expect(committed === printHubSchema(), "run `npm run schema:emit`").toBe(true);
  });

  it("describes every type, field, argument, input field and enum value", () => {
    const bare = types.flatMap((type) => {
      const members: { name: string; description?: string | null | undefined }[] = isEnumType(type) ? [...type.getValues()] : [];
      if (isInputObjectType(type)) members.push(...Object.values(type.getFields()));
      if (isObjectType(type) || isInterfaceType(type))
        for (const field of Object.values(type.getFields()))
          members.push(field, ...field.args.map((arg) => ({ name: `${field.name}(${arg.name})`, description: arg.description })));
      return [{ name: "", description: type.description }, ...members]
        .filter(({ description }) => !description)
        .map(({ name }) => `${type.name}.${name}`);
    });
    expect(bare).toEqual([]);
  });

  it("never has null inside a list, but for nodes that are not found", () => {
    const loose = fields.filter(({ field }) => {
      const type = getNullableType(field.type);
      return isListType(type) && !isNonNullType(type.ofType);
    });
    expect(loose.map(({ owner, field }) => `${owner}.${field.name}`)).toEqual(["Query.nodes"]);
  });

  it("pages every connection the same way", () => {
    const lists = fields.filter(({ field }) => getNamedType(field.type).name.endsWith("Connection"));
    expect(lists.length).toBeGreaterThan(8);
    for (const { field } of lists)
      expect(argumentsOf(field)).toMatchObject({ first: "Int", after: "String", last: "Int", before: "String" });
  });

  it("takes one input and answers errors in every mutation", () => {
    for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      const Name = `${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}`;
      expect(argumentsOf(field)).toEqual({ input: `${Name}Input!` });
      expect(String(field.type)).toBe(`${Name}Payload!`);
      const payload = getNamedType(field.type);
      expect(isObjectType(payload) && String(payload.getFields()["errors"]?.type)).toBe("[UserError!]!");
    }
  });

  it("lets no input name an owner or a status that the hub decides", () => {
    const given = types
      .filter(isInputObjectType)
      .flatMap((type) => Object.values(type.getFields()).map((field) => `${type.name}.${field.name}`));
    expect(given.filter((name) => /\.(tenantId|userId|ownerId|status)$/.test(name))).toEqual([]);
  });

  it("selects users and banks in exactly one way", () => {
    const oneOf = types.filter((type) => isInputObjectType(type) && type.isOneOf);
    expect(oneOf.map(({ name }) => name).sort()).toEqual(["BankBy", "UserBy"]);
    for (const type of oneOf) if (isInputObjectType(type)) expect(Object.values(type.getFields()).some(isRequiredInputField)).toBe(false);
  });
});

describe("access rules", () => {
  it("say for every field of every object type who may ask for it", () => {
    for (const type of types.filter(isObjectType))
      for (const name of Object.keys(type.getFields())) expect(() => ruleOf(type.name, name)).not.toThrow();
    expect(() => ruleOf("Query", "somethingNew")).toThrow(/No access rule/);
    expect(() => ruleOf("SomethingNew", "id")).toThrow(/No access rule/);
  });

  it("name nothing that is not in the schema", () => {
    const roots = Object.entries(ROOT_RULES).flatMap(([type, rules]) => Object.keys(rules).map((field) => `${type}.${field}`));
    const known = new Set(fields.map(({ owner, field }) => `${owner}.${field.name}`));
    expect(roots.filter((name) => !known.has(name))).toEqual([]);
    expect(Object.keys(TYPE_RULES).filter((name) => !schema.getType(name))).toEqual([]);
  });
});

function argumentsOf(field: GraphQLField<unknown, unknown>): Record<string, string> {
  return Object.fromEntries(field.args.map(({ name, type }) => [name, String(type)]));
}
