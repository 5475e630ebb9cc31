import { BlockList, isIP, isIPv4 } from "node:net";

/** The widest networks that may be listed: wider ones would let in whole continents by a slip of the pen. */
const WIDEST_V4 = 8;
const WIDEST_V6 = 19;

/** Null where the text is an address or a network such as `192.0.2.0/24`; else what is wrong with it. */
export function networkFault(text: string): string | null {
  const [address = "", bits, more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || more !== undefined || address.includes("%")) return "is no IP address and no network such as 192.0.2.0/24";
  if (bits === undefined) return null;
  const [widest, narrowest] = family === 4 ? [WIDEST_V4, 32] : [WIDEST_V6, 128];
  if (!/^(0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > narrowest) return `is no network: its length must be at most ${String(narrowest)}`;
  return Number(bits) < widest ? `is too wide: /${String(widest)} is the widest` : null;
}

/**
 * Whether an address is in a list of addresses and networks that {@link networkFault} has nothing against. IPv4 addresses inside IPv6
 * (`::ffff:192.0.2.1`, in any spelling) are their IPv4 selves, in the list and in the question. An empty list holds nothing.
 */
export function networkList(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    const v4 = unmapped(address);
    const family = isIPv4(v4) ? "ipv4" : "ipv6";
    const length = bits === undefined ? null : Number(bits) - (v4 === address ? 0 : 96);
    if (length === null) list.addAddress(v4, family);
    else if (length >= 0) list.addSubnet(v4, length, family);
  }
  return (given) => {
    const address = unmapped(given.replace(/%.*$/, ""));
    return isIP(address) !== 0 && list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
  };
}

/** `::ffff:192.0.2.1` and `::ffff:c000:201` as `192.0.2.1`; everything else as it is. */
function unmapped(address: string): string {
  if (isIP(address) !== 6) return address;
  const groups = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`http://[${address}]/`).hostname); // the canonical spelling
  if (!groups) return address;
  const [high, low] = [Number.parseInt(groups[1] ?? "", 16), Number.parseInt(groups[2] ?? "", 16)];
  return `${String(high >> 8)}.${String(high & 255)}.${String(low >> 8)}.${String(low & 255)}`;
}
