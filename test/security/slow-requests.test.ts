import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { listen, REQUEST_TIMES } from "../../src/gateway/gateway.ts";

describe("clients that send slowly", () => {
  it("have the times of the specification", () => {
    expect(REQUEST_TIMES).toEqual({ headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 });
  });

  it.each([
    ["headers that never end", "POST /graphql HTTP/1.1\r\nHost: hub\r\nX-Drip: a"],
    ["a body that never comes", "POST /graphql HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"],
  ])("get 408 and lose the connection for %s, while others are served", async (_what, bytes) => {
    const listener = await listen(
      { host: "127.0.0.1", port: 0, publicUrl: null, corsOrigins: [], tls: null },
      { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 },
    );
    listener.attach({
      request: (request, response) => void request.on("end", () => response.end("served")).resume(),
      upgrade: (_request, socket) => void socket.destroy(),
    });
    const slow: Socket = connect(Number(new URL(listener.localUrl).port), "127.0.0.1");
    let heard = "";
    slow.on("data", (chunk: Buffer) => void (heard += chunk.toString()));
    const closed = once(slow, "close");
    slow.write(bytes);
    expect(await (await fetch(listener.localUrl)).text()).toBe("served");
    await closed;
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    await listener.close();
  });
});
