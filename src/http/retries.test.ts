import { describe, expect, it } from "vitest";
import { retried } from "./retries.ts";

const forever = new AbortController().signal;

describe("retried", () => {
  it("repeats as long as it makes sense, and returns the first success", async () => {
    const attempts: number[] = [];
    const run = (attempt: number) => {
      attempts.push(attempt);
      return attempt < 3 ? Promise.reject(new Error("down")) : Promise.resolve("up");
    };
    expect(await retried(run, (_error, tried) => tried < 3, forever)).toBe("up");
    expect(attempts).toEqual([1, 2, 3]);
  });

  it("throws the last failure where it makes no sense any more", async () => {
    let calls = 0;
    const run = () => Promise.reject(new Error(`failure ${String((calls += 1))}`));
    await expect(retried(run, (_error, tried) => tried < 2, forever)).rejects.toThrow("failure 2");
    calls = 0;
    await expect(retried(run, () => false, forever)).rejects.toThrow("failure 1");
  });

  it("ends with the caller's reason while it pauses", async () => {
    const controller = new AbortController();
    const run = () => {
      setImmediate(() => controller.abort(new Error("enough")));
      return Promise.reject(new Error("down"));
    };
    await expect(retried(run, () => true, controller.signal)).rejects.toThrow("enough");
  });
});
