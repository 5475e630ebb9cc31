import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";
import type { SandboxClock } from "../ledger/clock.ts";

interface Stored {
  readonly payload: AdapterPayload;
  /** The clock's distance from real time when this was stored. */
  readonly offset: number;
}

/**
 * Memory storage for oidc-provider, which knows real time only: on reading, `iat` and `exp` are moved back by what the sandbox
 * clock has gained since they were stored, so tokens, codes and grants expire by the bank's clock. Expired entries stay readable:
 * a bank says TOKEN_EXPIRED, not TOKEN_UNKNOWN.
 */
export function clockAdapter(clock: SandboxClock): AdapterFactory {
  const stores = new Map<string, Map<string, Stored>>();
  return (model) => {
    const store = stores.get(model) ?? new Map<string, Stored>();
    stores.set(model, store);
    return new ClockAdapter(clock, store, stores);
  };
}

class ClockAdapter implements Adapter {
  readonly #clock: SandboxClock;
  readonly #store: Map<string, Stored>;
  readonly #all: Map<string, Map<string, Stored>>;

  constructor(clock: SandboxClock, store: Map<string, Stored>, all: Map<string, Map<string, Stored>>) {
    this.#clock = clock;
    this.#store = store;
    this.#all = all;
  }

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.#store.set(id, { payload, offset: this.#clock.offset });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const stored = this.#store.get(id);
    return stored && this.#atClock(stored);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    for (const stored of this.#store.values()) if (stored.payload.uid === uid) return this.#atClock(stored);
    return undefined;
  }

  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    const stored = this.#store.get(id);
    if (stored) stored.payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.#store.delete(id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const store of this.#all.values()) {
      for (const [id, { payload }] of store) if (payload.grantId === grantId) store.delete(id);
    }
  }

  #atClock({ payload, offset }: Stored): AdapterPayload {
    const gained = Math.floor((this.#clock.offset - offset) / 1000);
    if (gained === 0) return payload;
    return {
      ...payload,
      ...(payload.exp === undefined ? {} : { exp: payload.exp - gained }),
      ...(payload.iat === undefined ? {} : { iat: payload.iat - gained }),
    };
  }
}
