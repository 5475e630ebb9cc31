import type { Hint } from "./hints.ts";

/** Who listens in this process. One listener that throws does not keep the hint from the others. */
export interface Listeners {
  add(listener: (hint: Hint) => void, onLost?: () => void): () => void;
  tell(hint: Hint): void;
  tellLost(): void;
  clear(): void;
}

/** @param onError told what a listener threw */
export function createListeners(onError: (error: unknown) => void): Listeners {
  const entries = new Set<{ readonly listener: (hint: Hint) => void; readonly onLost: (() => void) | undefined }>();
  const guarded = (call: () => void): void => {
    try {
      call();
    } catch (error) {
      onError(error);
    }
  };
  return {
    add(listener, onLost) {
      const entry = { listener, onLost };
      entries.add(entry);
      return () => void entries.delete(entry);
    },
    tell(hint) {
      for (const { listener } of Array.from(entries)) guarded(() => listener(hint));
    },
    tellLost() {
      for (const { onLost } of Array.from(entries)) if (onLost) guarded(onLost);
    },
    clear: () => entries.clear(),
  };
}
