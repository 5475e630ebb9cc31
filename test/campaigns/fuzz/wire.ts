import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { leaks, wrongWithGraphql, wrongWithResult } from "./invariants.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 16 });
/** Nothing may hang: of any one input. */
const PATIENCE = 20_000;

/** Sends a body to `POST /graphql`. @returns what is wrong with the answer */
export function postBody(url: string, body: string, credential: string | null): Promise<string | null> {
  return new Promise((done) => {
    const headers = { "content-type": "application/json", ...(credential === null ? {} : { authorization: `Bearer ${credential}` }) };
    const sent = request(url, { method: "POST", agent, headers, timeout: PATIENCE }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        done(wrongWithGraphql(response.statusCode ?? 0, response.headers["content-type"] ?? "", Buffer.concat(chunks).toString())),
      );
    });
    sent.on("timeout", () => (done("no answer"), sent.destroy()));
    sent.on("error", (error) => done(`the connection broke: ${error.message}`));
    sent.end(body);
  });
}

/** Pages for people: the only HTML there is. */
const PAGES = /^((GET|HEAD) \S*(\/graphql|\/graphiql|\/sandbox\/landed)|\S+ \S*\/callback\/)/;

/** Sends bytes as they are and reads until the far side closes. @returns what is wrong with the answers */
export async function sendRaw(origin: URL, bytes: string): Promise<string | null> {
  const socket = connect(Number(origin.port), origin.hostname);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => undefined); // the hub may cut a connection that makes no sense
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error("no end")));
  socket.end(Buffer.from(bytes, "latin1"));
  await new Promise((done) => socket.once("close", done));
  const text = Buffer.concat(chunks).toString();
  const bad = text.match(/^HTTP\/1\.1 5\d\d.*/m);
  if (bad && !text.startsWith("HTTP/1.1 505")) return bad[0];
  if (/<html|<!doctype/i.test(text) && !PAGES.test(bytes)) return `HTML: ${text.slice(0, 200)}`;
  // The explorers' own scripts are full of words; only answers in JSON are looked through.
  return /<html|<!doctype/i.test(text) ? null : leaks(text);
}

const CLOSES = new Set([1000, 1001, 1002, 1003, 1005, 1007, 1009, 1013, 4400, 4401, 4403, 4406, 4408, 4409, 4429]);

/** Plays frames on a fresh socket, waits for what they lead to, and closes. @returns what is wrong with what came back */
export async function playFrames(ws: string, frames: readonly string[], credential: string): Promise<string | null> {
  const socket = new WebSocket(ws, "graphql-transport-ws");
  let wrong: string | null = null;
  socket.on("error", () => undefined);
  socket.on("message", (data: Buffer) => {
    const text = String(data);
    const message = JSON.parse(text) as { type: string; payload?: unknown };
    if (message.type === "next") wrong ??= wrongWithResult(message.payload);
    if (message.type === "error") wrong ??= wrongWithResult({ errors: message.payload });
    wrong ??= leaks(text);
    // What was asked before is under way: its answers have a moment to come.
    if (message.type === "pong" && text.includes("the end")) setTimeout(() => socket.close(), 5);
  });
  const closed = once(socket, "close") as Promise<[number]>;
  await once(socket, "open");
  const patience = setTimeout(() => socket.terminate(), PATIENCE);
  socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${credential}` } }));
  for (const frame of frames) socket.send(frame);
  socket.send(JSON.stringify({ type: "ping", payload: { is: "the end" } }));
  const [code] = await closed;
  clearTimeout(patience);
  return wrong ?? (CLOSES.has(code) ? null : `closed with ${String(code)}`);
}
