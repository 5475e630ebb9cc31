export interface PersonOptions {
  /** `scaRedirect` link, authorisation request URL, or the page of the bank's app. */
  readonly url: string;
  readonly user: string;
  /** @default the user name */
  readonly password?: string;
  /** @default "approve" */
  readonly decision?: "approve" | "refuse" | "timeout";
  /** Labels or ids of the accounts to tick, where there is a choice. @default all */
  readonly accounts?: readonly string[];
}

export interface PersonResult {
  /** Where the bank sent the browser in the end, outside the bank; undefined when the last page is the bank's own. */
  readonly redirectedTo: URL | undefined;
  readonly lastStatus: number;
  readonly lastPage: string;
}

/** A person without a browser: goes through a sandbox bank's pages by their plain forms, with a cookie jar, and stops when the bank sends it elsewhere. */
export async function actAsPerson(options: PersonOptions): Promise<PersonResult> {
  const jar = new Map<string, string>();
  let page = await visit(jar, options.url);
  const logIn = actionIn(page.lastPage, "/login");
  if (logIn === undefined) return page;
  page = await visit(
    jar,
    new URL(logIn, options.url).href,
    new URLSearchParams({ username: options.user, password: options.password ?? options.user }),
  );
  const decide = actionIn(page.lastPage, "/decision");
  if (decide === undefined) return page;
  const form = new URLSearchParams({ decision: options.decision ?? "approve" });
  for (const [, id = "", label = ""] of page.lastPage.matchAll(/name="account" value="([^"]*)"[^>]*> ([^<]*)</g)) {
    if (options.accounts === undefined || options.accounts.some((wanted) => wanted === id || label.includes(wanted)))
      form.append("account", id);
  }
  return visit(jar, new URL(decide, options.url).href, form);
}

function actionIn(html: string, ending: string): string | undefined {
  return [...html.matchAll(/<form[^>]*action="([^"]*)"/g)].map((match) => match[1] ?? "").find((action) => action.endsWith(ending));
}

/** One request and all redirects within the bank. */
async function visit(jar: Map<string, string>, start: string, form?: URLSearchParams): Promise<PersonResult> {
  const { origin } = new URL(start);
  let url = new URL(start);
  let body = form;
  for (let step = 0; step < 10; step += 1) {
    const response = await fetch(url, {
      method: body ? "POST" : "GET",
      redirect: "manual",
      headers: { cookie: [...jar].map((pair) => pair.join("=")).join("; ") },
      ...(body ? { body } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=", 2);
      jar.set(name, value);
    }
    const lastPage = await response.text();
    const location = response.headers.get("location");
    if (location === null) return { redirectedTo: undefined, lastStatus: response.status, lastPage };
    url = new URL(location, url);
    body = undefined;
    if (url.origin !== origin) return { redirectedTo: url, lastStatus: response.status, lastPage };
  }
  throw new Error(`more than 10 redirects from ${start}`);
}
