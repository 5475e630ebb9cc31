/** What {@link file://./compiled.ts} loads when it first compiles. A module of its own: the package is CommonJS, and a bundle gives its names to static imports alone. */
export { compileQuery, isCompiledQuery } from "graphql-jit";
