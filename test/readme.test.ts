import { transform } from "esbuild";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gql, type ApolloClient } from "@apollo/client";
import { startTestHub, type TestHub } from "./hub.ts";

const root = new URL("..", import.meta.url).pathname;
const readme = readFileSync(join(root, "README.md"), "utf8");
/** Inside the project, so that the packages a client would install are found. */
const folder = join(root, ".cache", `readme-${String(process.pid)}`);

interface Endpoints {
  readonly url: string;
  readonly ws: string;
  readonly userToken: string;
}
interface Printed {
  createHubClient(endpoints: Endpoints): ApolloClient;
  followUpdate(about: { ws: string; userToken: string; updateId: string }): Promise<{ updateStatus: { status: string } }>;
}

/** The code that README prints under `<!-- test: name -->`. */
function printed(name: string): string {
  const code = new RegExp(`<!-- test: ${name} -->\\s*\`\`\`ts\\n(.*?)\`\`\``, "s").exec(readme)?.[1];
  if (code === undefined) throw new Error(`README.md prints no code under <!-- test: ${name} -->`);
  return code;
}

describe("what README prints", () => {
  let t: TestHub;
  let code: Printed;
  let endpoints: Endpoints;
  let consentId: string;
  let userId: string;

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    const parts: object[] = [];
    for (const name of ["apollo-client", "graphql-ws"]) {
      writeFileSync(join(folder, `${name}.ts`), printed(name));
      const { code: script } = await transform(printed(name), { loader: "ts" });
      writeFileSync(join(folder, `${name}.mjs`), script);
      parts.push((await import(pathToFileURL(join(folder, `${name}.mjs`)).href)) as object);
    }
    code = Object.assign({}, ...parts) as Printed;
    t = await startTestHub();
    const given = await t.givenConsent();
    ({ consentId, userId } = given);
    const { createUserToken } = await t.client.run<{ createUserToken: { token: string } }>(
      `mutation ($id: ID!) { createUserToken(input: { user: { id: $id }, scopes: [READ, WRITE] }) { token } }`,
      { id: given.userId },
    );
    endpoints = { url: t.hub.url, ws: t.hub.ws, userToken: createUserToken.token };
  });
  afterAll(async () => {
    await t[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is sound TypeScript under strict settings", async () => {
    const files = ["apollo-client", "graphql-ws"].map((name) => join(folder, `${name}.ts`));
    const options = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext"];
    await promisify(execFile)(join(root, "node_modules/.bin/tsc"), [...options, "--lib", "es2022,dom,dom.iterable", ...files]);
  });

  it("makes an Apollo Client that queries and mutates over HTTP and follows an update over the socket to its end", async () => {
    const client = code.createHubClient(endpoints);
    const started = await client.mutate<{ createUpdate: { update: { id: string } } }>({
      mutation: gql`
        mutation ($id: ID!) {
          createUpdate(input: { consentId: $id }) {
            update {
              id
              status
            }
          }
        }
      `,
      variables: { id: consentId },
    });
    const id = started.data?.createUpdate.update.id;
    const stream = client.subscribe<{ updateStatus: { status: string } }>({
      query: gql`
        subscription ($id: ID!) {
          updateStatus(updateId: $id) {
            id
            status
            sequence
          }
        }
      `,
      variables: { id },
    });
    const states: (string | undefined)[] = [];
    await new Promise<void>((complete, error) =>
      stream.subscribe({ next: ({ data }) => void states.push(data?.updateStatus.status), error, complete }),
    );
    expect(states.at(-1)).toBe("COMPLETED");
    const { data } = await client.query<{ user: { accounts: { nodes: { __typename: string; name: string }[] } } }>({
      query: gql`
        query ($id: ID!) {
          user(by: { id: $id }) {
            id
            accounts {
              nodes {
                id
                name
              }
            }
          }
        }
      `,
      variables: { id: userId },
    });
    expect(data?.user.accounts.nodes.length).toBeGreaterThan(0);
    expect(data?.user.accounts.nodes[0]?.__typename).toBe("Account");
    client.stop();
  });

  it("follows an update with graphql-ws alone until its final status", async () => {
    const { createUpdate } = await t.client.run<{ createUpdate: { update: { id: string } } }>(
      `mutation ($id: ID!) { createUpdate(input: { consentId: $id }) { update { id } } }`,
      { id: consentId },
    );
    const last = await code.followUpdate({ ...endpoints, updateId: createUpdate.update.id });
    expect(last.updateStatus.status).toBe("COMPLETED");
  });
});
