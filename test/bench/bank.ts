import { startBerlinGroupBank } from "../../src/sandbox/berlin-group/bank.ts";

// The bank of the measured updates, in a process of its own: node test/bench/bank.ts <rows of the business account>
const bank = await startBerlinGroupBank({ businessCount: Number(process.argv[2]) });
process.stdout.write(`${JSON.stringify(bank.entry)}\n`);
process.once("SIGTERM", () => void bank[Symbol.asyncDispose]().then(() => process.exit(0)));
