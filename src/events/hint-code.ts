import type { Hint } from "./hints.ts";

/** Something newer is known to exist, but not what: all hints may have been lost. */
export const ALL = "*";

const WITH_ID = { update: /^upd_[0-9a-z]{26}$/, consent: /^con_[0-9a-z]{26}$/, user: /^usr_[0-9a-z]{26}$/ } as const;
const WITHOUT_ID = ["jobs", "clock", "credentials"] as const;

/** `update:upd_…` or `jobs`: short, and free of commas, so that many fit one message. */
export function encodeHint(hint: Hint): string {
  return "id" in hint ? `${hint.topic}:${hint.id}` : hint.topic;
}

/** The inverse of {@link encodeHint}; null for whatever another version of the hub may have meant. */
export function decodeHint(code: string): Hint | null {
  const colon = code.indexOf(":");
  if (colon < 0) {
    const topic = WITHOUT_ID.find((name) => name === code);
    return topic ? { topic } : null;
  }
  const [topic, id] = [code.slice(0, colon), code.slice(colon + 1)];
  if (!isTopicWithId(topic) || !WITH_ID[topic].test(id)) return null;
  return { topic, id } as Hint; // the pattern of the topic has just proven the id's type
}

function isTopicWithId(topic: string): topic is keyof typeof WITH_ID {
  return Object.hasOwn(WITH_ID, topic);
}

/** Joins codes into messages of at most `maxBytes` bytes (codes are ASCII), each starting with `head`. */
export function packCodes(head: string, codes: Iterable<string>, maxBytes: number): readonly string[] {
  const messages: string[] = [];
  let message = "";
  for (const code of codes) {
    if (message !== "" && message.length + code.length + 1 > maxBytes) {
      messages.push(message);
      message = "";
    }
    message += message === "" ? `${head}|${code}` : `,${code}`;
  }
  return message === "" ? messages : [...messages, message];
}

/** The inverse of {@link packCodes} for one message. */
export function unpackCodes(message: string): { readonly head: string; readonly codes: readonly string[] } {
  const bar = message.indexOf("|");
  return bar < 0 ? { head: "", codes: [] } : { head: message.slice(0, bar), codes: message.slice(bar + 1).split(",") };
}
