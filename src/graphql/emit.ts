import { printHubSchema } from "./schema.ts";

/** `tsx src/graphql/emit.ts > schema/schema.graphql`; a test fails while the file differs from the code. */
process.stdout.write(printHubSchema());
