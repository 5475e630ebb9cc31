import { readFileSync } from "node:fs";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { GraphQLError } from "graphql";
import { plainResolvers } from "./resolvers.ts";

// What the hub is compared with: node test/bench/plain/server.ts <data file> <API key> <bank id> <bank name>
const [file = "", key = "", id = "", name = ""] = process.argv.slice(2);
const client = new Database(file, { readonly: true });
client.pragma("cache_size = -16384");
const server = new ApolloServer({
  typeDefs: readFileSync(new URL("../../../schema/schema.graphql", import.meta.url), "utf8"),
  resolvers: plainResolvers(drizzle(client), { id, name }),
});
const { url } = await startStandaloneServer(server, {
  listen: { host: "127.0.0.1", port: 0 },
  context: async ({ req }) => {
    if (req.headers.authorization !== `Bearer ${key}`) throw new GraphQLError("Who is it?", { extensions: { code: "UNAUTHENTICATED" } });
    return {};
  },
});
process.stdout.write(`${JSON.stringify({ url })}\n`);
process.once("SIGTERM", () => void server.stop().then(() => process.exit(0)));
