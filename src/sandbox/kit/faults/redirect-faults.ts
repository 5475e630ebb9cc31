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
  switch (kind) {
    case "redirect-without-state":
      url.searchParams.delete("state");
      return url.href;
    case "redirect-wrong-state":
      url.searchParams.set("state", "0".repeat(43));
      return url.href;
    case "redirect-without-code":
      url.searchParams.delete("code");
      return url.href;
    case "redirect-code-replayed":
      if (known.usedCode !== undefined) url.searchParams.set("code", known.usedCode);
      return url.href;
    case "redirect-to-nok":
      return known.nok ?? location;
  }
}
