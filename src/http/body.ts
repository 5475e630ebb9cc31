import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw, type InputType, type ZlibOptions } from "node:zlib";
import { HttpFailure } from "./http-failure.ts";

type Unpack = (bytes: InputType, options: ZlibOptions) => Promise<Buffer>;

const GUNZIP: Unpack = promisify(gunzip);
const INFLATE: Unpack = promisify(inflate);
const INFLATE_RAW: Unpack = promisify(inflateRaw);
const BROTLI: Unpack = promisify(brotliDecompress);

/**
 * The body as it was before compression. The first bytes decide where they can: a gzip body is unpacked though no header announces it,
 * and a plain body survives a false `Content-Encoding`.
 * @throws HttpFailure TOO_LARGE beyond `maxBytes` unpacked bytes, UNREADABLE for a compressed body that is cut
 */
export async function unpacked(bytes: Buffer, contentEncoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const named = (contentEncoding ?? "").toLowerCase();
  const options = { maxOutputLength: maxBytes };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return orFailure(GUNZIP(bytes, options), null);
  if (bytes.length === 0) return bytes;
  if (named.includes("deflate")) return orFailure(isZlib(bytes) ? INFLATE(bytes, options) : INFLATE_RAW(bytes, options), bytes);
  if (named.includes("br")) return orFailure(BROTLI(bytes, options), bytes);
  return bytes;
}

/** `asItIs` is the answer where the bytes turn out not to be packed at all; null = they surely are. */
async function orFailure(unpacking: Promise<Buffer>, asItIs: Buffer | null): Promise<Buffer> {
  try {
    return await unpacking;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") throw new HttpFailure("TOO_LARGE", true);
    if (asItIs !== null) return asItIs;
    throw new HttpFailure("UNREADABLE", true, error);
  }
}

function isZlib(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

/** Text by the charset of the Content-Type, else UTF-8, else ISO-8859-1 where the bytes are no UTF-8. A byte order mark is dropped. */
export function decoded(bytes: Uint8Array, contentType: string | undefined): string {
  const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? "")?.[1] ?? "utf-8";
  for (const label of [charset, "utf-8"]) {
    try {
      return new TextDecoder(label, { fatal: true }).decode(bytes);
    } catch {
      // An unknown label or bytes that are not of this charset: the next one.
    }
  }
  return new TextDecoder("iso-8859-1").decode(bytes);
}
