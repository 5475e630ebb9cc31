import type { ConsentScope } from "../../domain/bank.ts";
import { DAY } from "../../domain/time.ts";
import type { BankCallCount } from "../../store/reads.ts";
import type { BankQuotaType } from "./consent.type.ts";

/** Per scope of the consent: the count of the account with the most calls, because the bank counts each account on its own. */
export function quotaOf(scopes: readonly ConsentScope[], limit: number | null, calls: readonly BankCallCount[]): readonly BankQuotaType[] {
  return scopes.map((scope) => {
    const most = calls.filter(({ endpoint }) => endpoint === scope).reduce<BankCallCount | null>(busier, null);
    const used = most?.used ?? 0;
    return {
      scope,
      limit,
      used,
      remaining: limit === null ? null : Math.max(0, limit - used),
      resetsAt: most === null ? null : most.oldestAt + DAY,
    };
  });
}

/** Of equals the one that frees a call last: what a caller can rely on. */
function busier(a: BankCallCount | null, b: BankCallCount): BankCallCount {
  if (a === null || b.used > a.used) return b;
  return b.used === a.used && b.oldestAt > a.oldestAt ? b : a;
}
