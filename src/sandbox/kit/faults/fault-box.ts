import type { Fault, FaultSpec } from "./fault.ts";
import { FAULT_KINDS } from "./fault.ts";

export interface FaultTarget {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
  /** Every name of the account the request is about. */
  readonly accounts: readonly string[];
}

/** The switched-on faults of one bank. A request takes every fault that matches it, in the order they were set. */
export class FaultBox {
  #faults: Fault[] = [];
  #next = 1;

  /** Throws a RangeError for an unknown kind. */
  set(...specs: readonly FaultSpec[]): Fault[] {
    const made = specs.map((spec) => {
      if (!FAULT_KINDS.includes(spec.kind)) throw new RangeError(`unknown fault "${spec.kind}", expected one of ${FAULT_KINDS.join(", ")}`);
      if (spec.path !== undefined) new RegExp(spec.path);
      return { ...spec, id: `fault-${this.#next++}`, skipped: 0, hits: 0 };
    });
    this.#faults.push(...made);
    return made;
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  /** Without an id: all. */
  clear(id?: string): void {
    this.#faults = id === undefined ? [] : this.#faults.filter((fault) => fault.id !== id);
  }

  /** The faults that hit this request; each loses one of its count. */
  take(target: FaultTarget): Fault[] {
    return this.#faults.filter((fault) => {
      if (!matches(fault, target)) return false;
      if (fault.skipped < (fault.after ?? 0)) {
        fault.skipped += 1;
        return false;
      }
      if (fault.count !== null && fault.hits >= (fault.count ?? 1)) return false;
      fault.hits += 1;
      return true;
    });
  }
}

function matches(fault: Fault, target: FaultTarget): boolean {
  if (fault.operation !== undefined && fault.operation !== target.operation) return false;
  if (fault.method !== undefined && fault.method.toUpperCase() !== target.method) return false;
  if (fault.path !== undefined && !new RegExp(fault.path).test(target.path)) return false;
  return fault.account === undefined || target.accounts.includes(fault.account);
}
