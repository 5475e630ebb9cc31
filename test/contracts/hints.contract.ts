import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import type { Hint, Hints } from "../../src/events/hints.ts";

export interface HintsPair extends AsyncDisposable {
  /** Two ends of one hub: threads or processes. */
  readonly here: Hints;
  readonly there: Hints;
}

/** What hints must do, however they travel. */
export function hintsContract(name: string, open: () => Promise<HintsPair>): void {
  describe(`hints ${name}`, () => {
    it("carries every topic to the other end and to the sender's own listeners, each once", async () => {
      await using pair = await open();
      const [own, other] = [collect(pair.here), collect(pair.there)];
      const hints: Hint[] = [
        { topic: "update", id: newId("upd") },
        { topic: "consent", id: newId("con") },
        { topic: "user", id: newId("usr") },
        { topic: "jobs" },
        { topic: "clock" },
        { topic: "credentials" },
      ];
      for (const hint of hints) pair.here.send(hint);
      expect(own.hints).toEqual(hints);
      await other.times(hints.length);
      await roundTrip(pair);
      expect(other.hints.filter(isNoProbe)).toEqual(hints);
      expect(own.hints.filter(isNoProbe)).toEqual(hints); // nothing came back
    });

    it("carries both ways at once without an echo", async () => {
      await using pair = await open();
      const [here, there] = [collect(pair.here), collect(pair.there)];
      const a: Hint = { topic: "update", id: newId("upd") };
      const b: Hint = { topic: "update", id: newId("upd") };
      pair.here.send(a);
      pair.there.send(b);
      await Promise.all([here.times(2), there.times(2)]);
      await roundTrip(pair);
      expect([here, there].map(({ hints }) => new Set(hints.filter(isNoProbe)))).toEqual([new Set([a, b]), new Set([a, b])]);
      expect([here, there].map(({ hints }) => hints.filter(isNoProbe).length)).toEqual([2, 2]);
    });

    it("hands on a hint that a listener sends while it is being told one from the other end", async () => {
      await using pair = await open();
      const here = collect(pair.here);
      const answer: Hint = { topic: "user", id: newId("usr") };
      pair.there.listen(({ topic }) => void (topic === "update" && pair.there.send(answer)));
      pair.here.send({ topic: "update", id: newId("upd") });
      await here.times(2);
      expect(here.hints[1]).toEqual(answer);
    });

    it("tells nothing to who has unsubscribed, and all to the others although one listener throws", async () => {
      await using pair = await open();
      const gone = collect(pair.there);
      gone.stop();
      pair.there.listen(() => {
        throw new Error("a faulty listener");
      });
      const other = collect(pair.there);
      pair.here.send({ topic: "jobs" });
      await other.times(1);
      expect(gone.hints).toEqual([]);
    });
  });
}

export interface Collected {
  readonly hints: Hint[];
  readonly losses: () => number;
  times(n: number): Promise<void>;
  /** Resolves at the next loss. */
  lost(): Promise<void>;
  stop(): void;
}

export function collect(hints: Hints): Collected {
  const seen: Hint[] = [];
  let losses = 0;
  let wake: () => void = () => undefined;
  const changed = () => new Promise<void>((done) => (wake = done));
  const stop = hints.listen(
    (hint) => {
      seen.push(hint);
      wake();
    },
    () => {
      losses++;
      wake();
    },
  );
  return {
    hints: seen,
    losses: () => losses,
    stop,
    async times(n) {
      while (seen.length < n) await changed();
    },
    async lost() {
      for (const before = losses; losses === before;) await changed();
    },
  };
}

const PROBE = "usr_00000000000000000000000000";
const isNoProbe = (hint: Hint): boolean => !(hint.topic === "user" && hint.id === PROBE);

/** A hint there and one back: whatever was on the way before has arrived. */
async function roundTrip({ here, there }: HintsPair): Promise<void> {
  for (const [from, to] of [
    [here, there],
    [there, here],
  ] as const) {
    const arrival = new Promise<void>((done) => {
      const stop = to.listen((hint) => {
        if (isNoProbe(hint)) return;
        stop();
        done();
      });
    });
    from.send({ topic: "user", id: PROBE });
    await arrival;
  }
}
