import { once } from "node:events";
import { startSandboxBanks } from "./start.ts";

/**
 * The sandbox banks as a process of their own, so that they outlive a restart of the hub. Prints one line of JSON
 * `{"ready":true,"banks":[entry…],"logins":[…]}` when ready; ends on SIGTERM or SIGINT.
 */
const sandbox = await startSandboxBanks();
process.stdout.write(
  `${JSON.stringify({ ready: true, banks: sandbox.banks.map(({ entry }) => entry), logins: sandbox.banks[0]?.logins ?? [] })}\n`,
);
await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
await sandbox[Symbol.asyncDispose]();
