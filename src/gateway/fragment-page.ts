import { createHash } from "node:crypto";
import { PAGE_HEADERS, PAGE_STYLE } from "./page.ts";

/** What the page's script asks for, so that it gets an answer it can read instead of another page. */
export const FRAGMENT_ACCEPT = "application/json";

export const EMPTY_HANDED = {
  kind: "page",
  title: "This link is incomplete",
  message: "The bank's answer does not say which request it belongs to. Start again in the app you came from.",
} as const;

/**
 * Some banks answer behind the `#` (OAuth 2.0 Multiple Response Types, the FAPI hybrid flow), which a browser keeps to itself. This script posts what it
 * finds there to the address of its own page, wipes it from the address bar and the history, and goes where the answer says. Texts are set as
 * text, never as markup. Of the request nothing is in the page: it is the same for everybody.
 */
const SCRIPT = `
(function () {
  var title = document.querySelector("h1"), message = document.querySelector("p");
  function show(a, b) { document.title = a; title.textContent = a; message.textContent = b; }
  var found = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  if (!/(^|&)state=/.test(found)) return show(${JSON.stringify(EMPTY_HANDED.title)}, ${JSON.stringify(EMPTY_HANDED.message)});
  fetch(location.pathname, {
    method: "POST",
    credentials: "omit",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "${FRAGMENT_ACCEPT}" },
    body: found,
  })
    .then(function (response) { return response.json(); })
    .then(function (answer) {
      if (answer.url) location.replace(answer.url);
      else show(answer.title || answer.error, answer.message || "");
    })
    .catch(function () { show("The connection was lost", "Your answer may have arrived. Go back to the app you came from."); });
})();
`;

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export const FRAGMENT_PAGE_HEADERS = {
  ...PAGE_HEADERS,
  "content-security-policy": `default-src 'none'; style-src ${hash(PAGE_STYLE)}; script-src ${hash(SCRIPT)}; connect-src 'self'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'`,
} as const;

export const FRAGMENT_PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>One moment</title><style>${PAGE_STYLE}</style></head><body><main><h1>One moment</h1><p>Your bank's answer is being handed on.</p><noscript><p>This takes JavaScript. Switch it on and load the page again.</p></noscript></main><script>${SCRIPT}</script></body></html>`;
