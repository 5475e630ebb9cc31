import { randomUUID } from "node:crypto";
import { header, type Call } from "../http-message.ts";

const COOKIE = "sandbox_visit";

/** Who is logged in at which page. One login counts for one page only: every consent asks for credentials again. */
export class LoginVisits {
  readonly #visits = new Map<string, { readonly secret: string; readonly user: string }>();

  /** The Set-Cookie value that marks this browser as logged in at `base`. */
  open(base: string, user: string): string {
    const secret = randomUUID();
    this.#visits.set(base, { secret, user });
    return `${COOKIE}=${secret}; Path=${base}; HttpOnly; SameSite=Lax`;
  }

  userAt(base: string, call: Call): string | undefined {
    const visit = this.#visits.get(base);
    const secrets = [...(header(call, "cookie") ?? "").matchAll(/sandbox_visit=([^;]+)/g)].map((match) => match[1]);
    return visit && secrets.includes(visit.secret) ? visit.user : undefined;
  }

  close(base: string): void {
    this.#visits.delete(base);
  }
}
