import type { RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { BankHttp } from "../../src/http/bank-http.ts";
import { HttpFailure } from "../../src/http/http-failure.ts";
import { SandboxCa } from "../../src/sandbox/pki/sandbox-ca.ts";

/** The text that came back, or the kind of failure. */
const get = (http: BankHttp, url: URL) =>
  http.send({ method: "GET", url, headers: {} }, new AbortController().signal).then(
    ({ text }) => text,
    (error: unknown) => (error instanceof HttpFailure ? error.kind : "other"),
  );

describe("TLS", () => {
  const ca = new SandboxCa();
  const server = ca.issue({ subject: { CN: "bank" }, use: "server" });
  const client = ca.issue({ subject: { CN: "hub" }, use: "client" });

  it("shows the client certificate, and trusts only the given CA", async () => {
    const listener: RequestListener = (request, response) =>
      void response.end(request.socket instanceof TLSSocket ? String(request.socket.getPeerCertificate().subject?.CN) : "plain");
    const bank = createTlsServer({ ...server, ca: ca.cert, requestCert: true, rejectUnauthorized: true }, listener);
    await new Promise<void>((resolve) => bank.listen(0, "127.0.0.1", resolve));
    const url = new URL(`https://127.0.0.1:${String((bank.address() as AddressInfo).port)}/`);
    const [known, foreign] = [new BankHttp({ tls: { ...client, ca: ca.cert } }), new BankHttp({ tls: { ...client, ca: null } })];
    expect(await get(known, url)).toBe("hub");
    expect(await get(foreign, url)).toBe("TLS");
    await Promise.all([known.close(), foreign.close()]);
    bank.closeAllConnections();
    await new Promise((resolve) => bank.close(resolve));
  });
});
