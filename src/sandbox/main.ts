import { once } from "node:events";
import { startSandboxBanks } from "./start.ts";

/**
 * The sandbox banks as a process of their own, so that they outlive a restart of the hub. Prints one line of JSON
 * `{"ready":true,"banks":[entry…],"logins":[{id,logins}…]}` when ready; ends on SIGTERM or SIGINT.
 */
const ended = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
const sandbox = await startSandboxBanks();
const logins = sandbox.banks.map((bank) => ({ id: bank.id, logins: bank.logins.map(({ user, password }) => ({ user, password })) }));
process.stdout.write(`${JSON.stringify({ ready: true, banks: sandbox.banks.map(({ entry }) => entry), logins })}\n`);
await ended;
await sandbox[Symbol.asyncDispose]();
