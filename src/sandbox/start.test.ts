import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { startSandboxBanks } from "./start.ts";

describe("startSandboxBanks", () => {
  it("is up with an entry for each bank", async () => {
    await using sandbox = await startSandboxBanks();
    expect(new Set(sandbox.banks.map(({ port }) => port)).size).toBe(sandbox.banks.length);
    for (const { id, baseUrl, entry, logins } of sandbox.banks) {
      expect(entry).toMatchObject({ id, baseUrl });
      expect(id.replaceAll("-", "_").toUpperCase()).toMatch(new RegExp(`^SANDBOX_${entry.standard}(_3_1)?$`));
      expect(logins.map(({ user }) => user)).toEqual(["demo", "anna", "business", "empty", "board"]);
    }
  });

  it("serves the admin API over HTTP", async () => {
    await using sandbox = await startSandboxBanks();
    const url = `${sandbox.banks[0]?.baseUrl}/__sandbox`;
    const post = async (path: string, body: unknown) =>
      (await fetch(`${url}/${path}`, { method: "POST", body: JSON.stringify(body) })).json() as Promise<Record<string, unknown>>;
    const before = sandbox.clock.nowMs();
    const { now } = await post("clock", { advance: "P1D" });
    expect(Date.parse(String(now)) - before).toBeGreaterThanOrEqual(86_400_000);
    expect(await post("clock", { advance: "soon" })).toEqual({ error: expect.stringContaining("soon") });
    await post("users", {
      name: "test",
      accounts: [
        {
          id: "t1",
          iban: "DE89370400440532013000",
          opening: "10.00",
          transactions: [{ id: "x", amount: "-2.50", enteredAt: "2026-01-02T10:00:00Z" }],
        },
      ],
    });
    expect(
      await post("transactions", { account: "t1", transactions: [{ id: "y", amount: "1.00", enteredAt: "2026-01-03T10:00:00Z" }] }),
    ).toEqual({ ok: true });
    expect(await post("truth", { user: "test" })).toMatchObject({
      accounts: [{ bookedBalance: "8.50", transactions: [{ id: "x" }, { id: "y" }] }],
    });
    expect(await post("faults", { kind: "http-500" })).toMatchObject({ faults: [{ id: "fault-1", kind: "http-500" }] });
    expect(await post("faults", { kind: "no-such" })).toMatchObject({ error: expect.stringContaining("no-such") });
    expect((await fetch(`${sandbox.banks[0]?.baseUrl}/v1/accounts`)).status).toBe(500);
    expect(await post("requests", {})).toMatchObject({ requests: [{ operation: "accounts", status: 500, faults: ["http-500"] }] });
  });

  it("runs as a process of its own until SIGTERM", async () => {
    const child = spawn("node_modules/.bin/node", ["src/sandbox/main.ts"], { stdio: ["ignore", "pipe", "pipe"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const { ready, banks } = JSON.parse(line.toString()) as { ready: boolean; banks: { id: string }[] };
    expect([ready, banks.map(({ id }) => id)]).toEqual([true, expect.arrayContaining(["sandbox-berlin-group"])]);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});
