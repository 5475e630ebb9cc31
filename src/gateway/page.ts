import { createHash } from "node:crypto";

/** The few static pages a browser may see from the hub itself: no script, no outside resource, nothing of the request unescaped. */
export interface Page {
  readonly title: string;
  readonly message: string;
}

export const PAGE_STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color:#1c2430}h1{font-size:1.4rem}";
const STYLE_HASH = createHash("sha256").update(PAGE_STYLE).digest("base64");

/** Headers of what is no page. An address may hold a code, which is nobody else's to know, whatever the answer. */
export const BARE_HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
} as const;

/** Headers of every page and redirect of the callback route (security.md, The redirect flow). */
export const PAGE_HEADERS = {
  ...BARE_HEADERS,
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'`,
} as const;

export function renderPage(page: Page): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(page.title)}</title><style>${PAGE_STYLE}</style></head><body><main><h1>${escapeHtml(page.title)}</h1><p>${escapeHtml(page.message)}</p></main></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${String(char.charCodeAt(0))};`);
}
