/**
 * A person's browser, as far as a bank's consent pages need one: keeps cookies per host, follows redirects, fills in forms.
 * Used by `npm run demo` to play the user; speaks plain HTTP to loopback sandbox banks.
 */
export interface Visit {
  readonly url: string;
  readonly status: number;
  readonly html: string;
}

export interface Browser {
  open(url: string): Promise<Visit>;
  /** Submits the first form that has all the named fields; checkboxes that are ticked go along unless `fields` names them. */
  submit(visit: Visit, fields: Readonly<Record<string, string>>): Promise<Visit>;
}

const MAX_REDIRECTS = 15;

/** `stopAt` = a URL at whose door the journey ends: a redirect to it is not followed, its address is the visit's. */
export function createBrowser(options: { readonly stopAt?: string } = {}): Browser {
  const jar = new Map<string, Map<string, string>>();

  async function go(url: string, body: URLSearchParams | null): Promise<Visit> {
    let [next, form] = [url, body];
    for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
      const host = new URL(next).host;
      const cookies = jar.get(host) ?? new Map<string, string>();
      jar.set(host, cookies);
      const response = await fetch(next, {
        redirect: "manual",
        method: form ? "POST" : "GET",
        headers: {
          accept: "text/html",
          "user-agent": "psd2-hub-demo",
          ...(cookies.size > 0 ? { cookie: [...cookies].map(([k, v]) => `${k}=${v}`).join("; ") } : {}),
        },
        ...(form ? { body: form } : {}),
      });
      for (const line of response.headers.getSetCookie()) remember(cookies, line);
      const location = response.headers.get("location");
      const html = await response.text();
      if (location === null || response.status < 300 || response.status > 399) {
        const onward = await handOn(new URL(next), html);
        if (onward === null) return { url: next, status: response.status, html };
        next = onward;
      } else next = new URL(location, next).href;
      if (options.stopAt !== undefined && next.startsWith(options.stopAt)) return { url: next, status: response.status, html };
      if (response.status !== 307 && response.status !== 308) form = null;
    }
    throw new Error(`more than ${String(MAX_REDIRECTS)} redirects after ${new URL(url).origin}`);
  }

  return {
    open: (url) => go(url, null),
    async submit(visit, fields) {
      const form = findForm(visit.html, Object.keys(fields));
      if (form === null) throw new Error(`the page "${titleOf(visit.html)}" has no form with ${Object.keys(fields).join(", ")}`);
      const values = new URLSearchParams(form.preset.filter(([name]) => !(name in fields)));
      for (const [name, value] of Object.entries(fields)) values.append(name, value);
      return go(new URL(form.action, visit.url).href, values);
    },
  };
}

/** What the script of the hub's callback page does with an answer behind the `#`; null for every other page. */
async function handOn(page: URL, html: string): Promise<string | null> {
  if (page.hash.length < 2 || !html.includes("location.hash")) return null;
  const response = await fetch(page.origin + page.pathname, {
    method: "POST",
    headers: { accept: "application/json", "user-agent": "psd2-hub-demo" },
    body: new URLSearchParams(page.hash.slice(1)),
  });
  const { url } = (await response.json()) as { url?: string };
  return url ?? null;
}

export function titleOf(html: string): string {
  return /<h1>([^<]*)<\/h1>/.exec(html)?.[1] ?? "untitled";
}

function remember(cookies: Map<string, string>, line: string): void {
  const [pair = ""] = line.split(";", 1);
  const at = pair.indexOf("=");
  const expired = /;\s*max-age=0|expires=thu, 01 jan 1970/i.test(line);
  if (expired) cookies.delete(pair.slice(0, at));
  else if (at > 0) cookies.set(pair.slice(0, at), pair.slice(at + 1));
}

interface Form {
  readonly action: string;
  readonly preset: [string, string][];
}

function findForm(html: string, names: readonly string[]): Form | null {
  for (const [, attributes = "", inner = ""] of html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
    if (!names.every((name) => inner.includes(`name="${name}"`))) continue;
    const preset = [...inner.matchAll(/<input([^>]*)>/g)]
      .map((match) => match[1] ?? "")
      .filter((input) => attribute(input, "type") === "hidden" || (attribute(input, "type") === "checkbox" && /\schecked/.test(input)))
      .map((input): [string, string] => [attribute(input, "name"), attribute(input, "value")]);
    return { action: attribute(attributes, "action"), preset };
  }
  return null;
}

function attribute(tag: string, name: string): string {
  const text = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
  return text.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code))).replaceAll("&amp;", "&");
}
