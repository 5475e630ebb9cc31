import { parentPort } from "node:worker_threads";
import { startSandboxBanks } from "./sandbox/start.ts";

/** The sandbox banks in a thread of the hub's process: messages `{ready}` out, `{set: <ISO instant>}` and `{stop: true}` in. */
const port = parentPort;
if (!port) throw new Error("sandbox-thread.ts runs as a worker thread of the hub; start src/sandbox/main.ts for a process of its own");

const sandbox = await startSandboxBanks();
const logins = sandbox.banks.map((bank) => ({ id: bank.id, logins: bank.logins.map(({ user, password }) => ({ user, password })) }));
port.postMessage({ ready: { entries: sandbox.banks.map(({ entry }) => entry), logins } });
port.on("message", (message: { set?: string; stop?: true }) => {
  if (message.set !== undefined) {
    sandbox.clock.set(new Date(message.set));
    port.postMessage({ moved: message.set });
  }
  if (message.stop) void sandbox[Symbol.asyncDispose]().then(() => port.close());
});
