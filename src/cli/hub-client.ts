import { createClient } from "graphql-ws";
import { WebSocket } from "ws";

/** A plain GraphQL client over HTTP and graphql-ws, as any backend would write it. */
export interface HubClient {
  /** @throws Error with the GraphQL errors' messages */
  run<T>(query: string, variables?: Record<string, unknown>): Promise<T>;
  subscribe<T>(query: string, variables?: Record<string, unknown>): AsyncIterable<T>;
  close(): Promise<void>;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

export function connectHub(hub: { readonly url: string; readonly ws: string; readonly credential: string }): HubClient {
  const authorization = `Bearer ${hub.credential}`;
  const socket = createClient({ url: hub.ws, webSocketImpl: WebSocket, connectionParams: { authorization }, lazy: true, retryAttempts: 3 });
  return {
    async run<T>(query: string, variables: Record<string, unknown> = {}) {
      const response = await fetch(hub.url, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json", authorization },
        body: JSON.stringify({ query, variables }),
      });
      return unwrap<T>((await response.json()) as Answer, response.status);
    },
    async *subscribe<T>(query: string, variables: Record<string, unknown> = {}) {
      for await (const answer of socket.iterate({ query, variables })) yield unwrap<T>(answer as Answer, 200);
    },
    close: async () => socket.dispose(),
  };
}

function unwrap<T>(answer: Answer, status: number): T {
  if (answer.errors && answer.errors.length > 0)
    throw new Error(answer.errors.map((e) => `${e.message} (${e.extensions?.code ?? "no code"})`).join("; "));
  if (answer.data === undefined || answer.data === null) throw new Error(`the hub answered ${String(status)} without data`);
  return answer.data as T;
}
