import type { Reply } from "../http-message.ts";
import { escapeHtml, page } from "./html.ts";

export interface ConsentView {
  readonly bank: string;
  /** Path of the page; its forms post to `<base>/login` and `<base>/decision`. */
  readonly base: string;
  readonly tpp: string;
  readonly userName: string;
  readonly until: string;
  readonly recurring: boolean;
  readonly rights: readonly string[];
  readonly accounts: readonly { readonly id: string; readonly label: string; readonly checked: boolean }[];
  /** False: the accounts are fixed by the request and only shown. */
  readonly selectable: boolean;
  readonly secondSignature: boolean;
}

/**
 * Form fields, for clients without a browser (keep cookies between the steps and follow every 303):
 * 1. `GET <base>` shows the login form; `POST <base>/login` with `username`, `password` answers 303 to `<base>` (401 page when wrong).
 * 2. `GET <base>` now shows the consent; `POST <base>/decision` with `decision` = `approve` | `refuse` | `timeout` and, when the accounts
 *    may be chosen, one `account` field for each chosen account (the checkbox values). No `account` field at all takes all accounts
 *    that were shown ticked.
 */
export function loginPage(view: { readonly bank: string; readonly base: string; readonly error?: string; readonly user?: string }): Reply {
  const error = view.error === undefined ? "" : `<p class="error" role="alert">${escapeHtml(view.error)}</p>`;
  const body = `${error}<form method="post" action="${escapeHtml(view.base)}/login">
<label for="username">User name</label><input type="text" id="username" name="username" autocomplete="username" required value="${escapeHtml(view.user ?? "")}">
<label for="password">Password</label><input type="password" id="password" name="password" autocomplete="current-password" required>
<button class="main" type="submit">Log in</button></form><p><small>Try demo / demo.</small></p>`;
  return page(view.bank, "Log in", body, view.error === undefined ? 200 : 401);
}

export function consentPage(view: ConsentView): Reply {
  const accounts = view.accounts.map(({ id, label, checked }) => {
    if (!view.selectable) return `<li>${escapeHtml(label)}</li>`;
    return `<label><input type="checkbox" name="account" value="${escapeHtml(id)}"${checked ? " checked" : ""}> ${escapeHtml(label)}</label>`;
  });
  const list = view.selectable
    ? `<fieldset><legend>Accounts to share</legend>${accounts.join("")}</fieldset>`
    : accounts.length === 0
      ? ""
      : `<p>Accounts:</p><ul>${accounts.join("")}</ul>`;
  const note = view.secondSignature ? `<p class="note">A second person must sign as well before the access starts.</p>` : "";
  const body = `<p>${escapeHtml(view.userName)}, <strong>${escapeHtml(view.tpp)}</strong> asks for access to your account data.</p>
<dl><dt>Data</dt><dd>${escapeHtml(view.rights.join(", "))}</dd><dt>Until</dt><dd>${escapeHtml(view.until)}</dd><dt>Access</dt><dd>${view.recurring ? "repeated, also without you" : "once"}</dd></dl>${note}
<form method="post" action="${escapeHtml(view.base)}/decision">${list}
<button class="main" type="submit" name="decision" value="approve">Approve</button><button type="submit" name="decision" value="refuse">Refuse</button><button type="submit" name="decision" value="timeout">Let it time out</button></form>`;
  return page(view.bank, "Share your account data?", body);
}

export function messagePage(bank: string, title: string, text: string, status = 200): Reply {
  return page(bank, title, `<p>${escapeHtml(text)}</p>`, status);
}
