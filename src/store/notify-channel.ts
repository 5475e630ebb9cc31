/** Messages between processes over the database; at most once, none kept. The face of {@link file://./notify.ts}. */
export interface NotifyChannel extends AsyncDisposable {
  /** Bytes that one message may have. */
  readonly maxBytes: number;
  /** Sends all in one round trip. Rejects while there is no connection: nothing is kept for later. */
  notify(messages: readonly string[]): Promise<void>;
}

export interface NotifyEvents {
  /** Every message of any process, own ones included. */
  onMessage(message: string): void;
  /** Connected, or connected again: what was sent meanwhile has not arrived and never will. */
  onConnected(): void;
}
