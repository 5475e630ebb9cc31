import { createBrowser, type Visit } from "../src/cli/browser.ts";

export const REDIRECT_URL = "http://127.0.0.1:9/bank/return"; // never opened: the test's browser stops at the redirect to it

/** Logs in, decides, and follows every redirect up to the tenant's URL. */
export async function approve(authorizationUrl: string, login: string, decision = "approve"): Promise<URL> {
  const browser = createBrowser({ stopAt: REDIRECT_URL });
  let visit: Visit = await browser.open(authorizationUrl);
  visit = await browser.submit(visit, { username: login, password: login });
  visit = await browser.submit(visit, { decision });
  return new URL(visit.url);
}
