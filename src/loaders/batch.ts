import DataLoader from "dataloader";

/** Loads one value of many by key; every key asked for in one turn of the event loop goes into one statement. */
export type Load<K, V> = (key: K) => Promise<V>;

const MAX_BATCH = 1_000;

/** A loader whose missing keys answer `missing`. */
export function batched<K extends string, V, M>(
  read: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>,
  missing: () => M,
): Load<K, V | M> {
  const loader = new DataLoader<K, V | M>(
    async (keys) => {
      const found = await read(keys);
      return keys.map((key) => found.get(key) ?? missing());
    },
    { maxBatchSize: MAX_BATCH },
  );
  return (key) => loader.load(key);
}

/** One loader per set of equal arguments: `consents(first: 5)` of many users is one statement, `consents(first: 6)` another. */
export function batchedBy<A, K extends string, V, M>(
  read: (keys: readonly K[], args: A) => Promise<ReadonlyMap<K, V>>,
  missing: () => M,
): (key: K, args: A) => Promise<V | M> {
  const loaders = new Map<string, Load<K, V | M>>();
  return (key, args) => {
    const name = JSON.stringify(args);
    let load = loaders.get(name);
    if (!load) {
      load = batched((keys: readonly K[]) => read(keys, args), missing);
      loaders.set(name, load);
    }
    return load(key);
  };
}
