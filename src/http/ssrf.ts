import { lookup as systemLookup, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP, isIPv4, type LookupFunction } from "node:net";

/** The connection was not made: the name or the address leads into a network that a tenant must not reach through the hub. */
export class ForbiddenAddress extends Error {
  override readonly name = "ForbiddenAddress";
  readonly code = "ERR_FORBIDDEN_ADDRESS";

  constructor() {
    super("the target's address is not a public one");
  }
}

/** Which addresses may be connected to: only public ones, or those and this machine's loopback (sandbox). */
export type AddressPolicy = "public" | "public-or-loopback";

/** `dns.lookup`, or what a test puts in its place. */
export type Resolve = typeof systemLookup;

/** IANA special-purpose registries (RFC 6890 and later): everything that is not the public internet. */
const PRIVATE_V4 = [
  "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
  "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
]; // prettier-ignore
const PRIVATE_V6 = [
  "::/128", "::1/128", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
]; // prettier-ignore

const privateNetworks = listOf([...PRIVATE_V4, ...PRIVATE_V6]);
const loopback = listOf(["127.0.0.0/8", "::1/128"]);

/** Whether an address in any spelling, IPv4 inside IPv6 included, may be connected to. */
export function isAllowed(address: string, policy: AddressPolicy): boolean {
  const plain = address.replace(/%.*$/, "");
  if (isIP(plain) === 0) return false;
  return embeddedV4(plain).every((form) => {
    const family = isIPv4(form) ? "ipv4" : "ipv6";
    return !privateNetworks.check(form, family) || (policy === "public-or-loopback" && loopback.check(form, family));
  });
}

/**
 * For `connect.lookup`: resolves a name and hands on its allowed addresses only, so that the address checked is the one connected to
 * (DNS rebinding finds no gap). Names that are addresses never come here: {@link assertAllowedHost} sees those.
 */
export function guardedLookup(policy: AddressPolicy, resolve: Resolve = systemLookup): LookupFunction {
  return (hostname: string, options: LookupOptions, callback) => {
    resolve(hostname, { ...options, all: true }, (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
      if (error) return callback(error, "");
      const allowed = found.filter(({ address }) => isAllowed(address, policy));
      const first = allowed[0];
      if (!first) return callback(new ForbiddenAddress(), "");
      if (options.all) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
}

/** @throws ForbiddenAddress for a URL whose host is itself an address that may not be connected to. */
export function assertAllowedHost(url: URL, policy: AddressPolicy): void {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1"); // URL has turned octal, hexadecimal and short forms into plain ones
  if (isIP(host) !== 0 && !isAllowed(host, policy)) throw new ForbiddenAddress();
}

/** The address, and the IPv4 address that an IPv6 one carries (mapped, compatible, NAT64, 6to4). */
function embeddedV4(address: string): readonly string[] {
  if (isIPv4(address)) return [address];
  const groups = expanded(address);
  const v4 = (high: number, low: number) => `${String(high >> 8)}.${String(high & 255)}.${String(low >> 8)}.${String(low & 255)}`;
  const [a = 0, b = 0, c = 0] = groups;
  const [y = 0, z = 0] = groups.slice(6);
  const head = groups.slice(0, 6).join(":");
  const isMapped = head === "0:0:0:0:0:65535" || head === "0:0:0:0:65535:0";
  const isCompatible = head === "0:0:0:0:0:0" && (y > 0 || z > 1);
  if (isMapped || isCompatible) return [v4(y, z)];
  if (a === 0x64 && b === 0xff9b) return [v4(y, z)];
  return a === 0x2002 ? [address, v4(b, c)] : [address];
}

function expanded(address: string): readonly number[] {
  const url = new URL(`http://[${address}]/`); // the canonical form: hexadecimal groups only
  const [left = "", right] = url.hostname.slice(1, -1).split("::");
  const parse = (part: string): number[] => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const [start, end] = [parse(left), parse(right ?? "")];
  return right === undefined ? start : [...start, ...Array.from({ length: 8 - start.length - end.length }, () => 0), ...end];
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits = ""] = network.split("/");
    list.addSubnet(address, Number(bits), isIPv4(address) ? "ipv4" : "ipv6");
  }
  return list;
}
