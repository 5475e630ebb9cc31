import { createHash } from "node:crypto";
import type { Reply } from "../http-message.ts";

const CSS = `
:root{color-scheme:light dark;--line:#8886;--accent:#0a5fb4}
*{box-sizing:border-box}
body{font:17px/1.5 system-ui,sans-serif;margin:0;padding:1.5rem}
main{max-width:34rem;margin:0 auto}
header{border-bottom:3px solid var(--accent);margin-bottom:1.5rem;padding-bottom:.5rem}
header p{margin:0;font-size:1.1rem;font-weight:600}
h1{font-size:1.4rem;margin:0 0 1rem}
label{display:block;margin:.75rem 0 .25rem}
fieldset{border:1px solid var(--line);border-radius:.4rem;margin:1rem 0;padding:.5rem 1rem}
fieldset label{margin:.4rem 0}
input[type=text],input[type=password]{width:100%;font:inherit;padding:.5rem;border:1px solid var(--line);border-radius:.3rem}
button{font:inherit;padding:.55rem 1.1rem;border-radius:.3rem;border:1px solid var(--accent);background:none;color:inherit;margin:.75rem .5rem 0 0;cursor:pointer}
button.main{background:var(--accent);color:#fff}
:focus-visible{outline:3px solid #f90;outline-offset:2px}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem}dd{margin:0}
.error{border-left:4px solid #c00;padding:.5rem .75rem}
.note{border-left:4px solid #b80;padding:.5rem .75rem}
small{opacity:.75}
`;

const STYLE_HASH = createHash("sha256").update(CSS).digest("base64");

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/**
 * A whole page. Scripts are forbidden; `form-action` is left open on purpose, because browsers apply it to the redirect that
 * follows the form, and that one goes to the TPP. `body` must be escaped already.
 */
export function page(bank: string, title: string, body: string, status = 200): Reply {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)} – ${escapeHtml(bank)}</title><style>${CSS}</style></head>
<body><main><header><p>${escapeHtml(bank)}</p><small>Sandbox bank: no real money, no real people.</small></header><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`;
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'`,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
    body: html,
  };
}
