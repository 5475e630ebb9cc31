import type { Reply } from "../http-message.ts";
import { inGroup, REDIRECT_FAULTS, type Fault } from "./fault.ts";

/** Changes the redirect back to the TPP. `nok` and `usedCode`: what the bank last knew, for the faults that need them. */
export function spoiltRedirect(
  reply: Reply,
  faults: readonly Fault[],
  known: { readonly nok: string | undefined; readonly usedCode: string | undefined },
): Reply {
  const location = reply.headers["location"];
  if (typeof location !== "string") return reply;
  let target = location;
  for (const { kind } of faults) target = changed(target, kind, known);
  return target === location ? reply : { ...reply, headers: { ...reply.headers, location: target } };
}

function changed(
  location: string,
  kind: Fault["kind"],
  known: { readonly nok: string | undefined; readonly usedCode: string | undefined },
): string {
  const url = URL.parse(location);
  if (!url || !inGroup(REDIRECT_FAULTS, kind)) return location;
  // The answer stands behind the # where the flow has it there.
  const inFragment = url.hash.length > 1;
  const answer = inFragment ? new URLSearchParams(url.hash.slice(1)) : url.searchParams;
  switch (kind) {
    case "redirect-without-state":
      answer.delete("state");
      break;
    case "redirect-wrong-state":
      answer.set("state", "0".repeat(43));
      break;
    case "redirect-without-code":
      answer.delete("code");
      break;
    case "redirect-code-replayed":
      if (known.usedCode !== undefined) answer.set("code", known.usedCode);
      break;
    case "redirect-to-nok":
      return known.nok ?? location;
  }
  if (inFragment) url.hash = answer.toString();
  return url.href;
}
