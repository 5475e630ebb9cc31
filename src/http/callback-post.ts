import { lookup } from "node:dns";
import { BlockList, isIP } from "node:net";
import { Agent, request } from "undici";
import { SECOND } from "../domain/time.ts";

/** POSTs to addresses that strangers name. No redirects, the answer's body is not read. */
export interface CallbackPost extends AsyncDisposable {
  /** The HTTP status. @throws where no answer came or the address is not allowed */
  post(url: string, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<number>;
}

const TIMEOUT_MS = 15 * SECOND;

/** Addresses inside a network that no callback may reach: checked on the address that is connected, so that rebinding gains nothing. */
const PRIVATE = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12], ["192.0.0.0", 24],
  ["192.168.0.0", 16], ["198.18.0.0", 15], ["224.0.0.0", 4], ["240.0.0.0", 4],
] as const) PRIVATE.addSubnet(net, bits, "ipv4"); // prettier-ignore
for (const [net, bits] of [
  ["::", 96], ["::ffff:0:0", 96], ["64:ff9b::", 96], ["2002::", 16], ["fc00::", 7], ["fe80::", 10], ["ff00::", 8],
] as const) PRIVATE.addSubnet(net, bits, "ipv6"); // prettier-ignore

/** `allowLoopback`: the sandbox lets callbacks reach this machine; every other private address stays closed. */
export function createCallbackPost(options: { readonly allowLoopback: boolean }): CallbackPost {
  const allowed = (address: string): boolean => {
    if (options.allowLoopback && (address.startsWith("127.") || address === "::1")) return true;
    return !PRIVATE.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  };
  const agent = new Agent({
    connect: {
      timeout: TIMEOUT_MS,
      lookup(host, lookupOptions, done) {
        lookup(host, { ...lookupOptions, all: true }, (error, addresses) => {
          const open = error ? [] : addresses.filter(({ address }) => allowed(address));
          const refused = error ?? (open.length === 0 ? new Error("the callback's address is not allowed") : null);
          if (lookupOptions.all) done(refused, open);
          else done(refused, open[0]?.address ?? "", open[0]?.family);
        });
      },
    },
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  return {
    async post(url, headers, body, signal) {
      const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
      // Addresses written out are connected without a lookup.
      if (isIP(host) > 0 && !allowed(host)) throw new Error("the callback's address is not allowed");
      const response = await request(url, {
        method: "POST",
        headers,
        body,
        dispatcher: agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      response.body.destroy();
      return response.statusCode;
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}
