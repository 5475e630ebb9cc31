import type { Call } from "../http-message.ts";
import { inGroup, PAGING_FAULTS, type Fault } from "./fault.ts";
import type { Row, WireShape } from "./wire-shape.ts";

/** Changes the paging of a parsed transaction list, in place. */
export function spoilPaging(body: Row, fault: Fault, shape: WireShape, call: Call): void {
  const { kind } = fault;
  const lists = shape.lists(body);
  if (!lists || !inGroup(PAGING_FAULTS, kind)) return;
  const links = shape.links(body);
  const key = shape.nextKey ?? "next";
  const here = shape.here?.(call) ?? call.target;
  const marked = (name: string) => shape.nextLink((shape.marked ?? withParam)(here, name, fault.hits));
  const real = shape.hrefOf(links[key]);
  const rows = fault.params?.rows ?? 3;
  switch (kind) {
    case "next-loop":
      links[key] = shape.nextLink(here);
      break;
    case "next-null":
      links[key] = shape.nextLink("");
      nullOut(links[key]);
      break;
    case "next-empty":
      links[key] = shape.nextLink("");
      break;
    case "next-string":
      links[key] = shape.nextLink("string");
      break;
    case "next-bare":
      if (real !== undefined) links[key] = real;
      break;
    case "next-relative":
      if (real !== undefined) links[key] = shape.nextLink(real.replace(/^.*\/v1\//, "v1/"));
      break;
    case "next-other-host":
      if (real !== undefined) links[key] = shape.nextLink(`http://evil.example${real.replace(/^https?:\/\/[^/]+/, "")}`);
      break;
    case "endless-cursor":
      links[key] = marked("cursor");
      break;
    case "same-page-again":
      links[key] = marked("again");
      break;
    case "empty-page-with-next":
      lists.booked.length = 0;
      lists.pending.length = 0;
      links[key] = marked("empty");
      break;
    case "pages-overlap":
      if (real !== undefined) links[key] = shape.nextLink(shape.shifted(real, rows));
      break;
    case "page-reordered":
      lists.booked.sort((a, b) => JSON.stringify(a).length - JSON.stringify(b).length);
      break;
    case "page-duplicates":
      lists.booked.push(...lists.booked.slice(0, rows).map((row) => structuredClone(row)));
      break;
  }
  shape.restore?.(body, lists);
}

function withParam(target: string, name: string, value: number): string {
  const url = new URL(target, "http://bank");
  url.searchParams.set(name, String(value));
  return url.pathname + url.search;
}

function nullOut(link: unknown): void {
  if (typeof link === "object" && link !== null && "href" in link) link.href = null;
}
