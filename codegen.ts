import type { CodegenConfig } from "@graphql-codegen/cli";

/** Typed operations for tests, as any TypeScript client would make them: `graphql-codegen`. The server's own types come from type-graphql. */
const config: CodegenConfig = {
  schema: "schema/schema.graphql",
  documents: "schema/operations/*.graphql",
  hooks: { afterOneFileWrite: ["prettier --write"] },
  generates: {
    "test/operations/operations.ts": {
      plugins: ["typescript-operations", "typed-document-node"],
      config: {
        useTypeImports: true,
        strictScalars: true,
        immutableTypes: true,
        enumsAsTypes: true,
        avoidOptionals: false,
        scalars: {
          DateTime: "string", Date: "string", Decimal: "string", CurrencyCode: "string", CountryCode: "string", URL: "string", IBAN: "string",
          ChangeCursor: "string",
        },
      },
    },
  },
}; // prettier-ignore
export default config;
