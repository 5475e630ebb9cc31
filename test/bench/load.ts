import { Agent, request } from "node:http";

/** A GraphQL endpoint and how to ask it. */
export interface Target {
  readonly url: string;
  readonly key: string;
}

export interface Ask {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Sends operations over kept connections, `concurrency` at a time. */
export class Client {
  readonly #target: Target;
  readonly #agent: Agent;

  constructor(target: Target, concurrency: number) {
    this.#target = target;
    this.#agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  }

  /** @returns the answer's text. @throws Error for an answer with errors */
  send({ query, variables }: Ask): Promise<string> {
    const body = JSON.stringify({ query, variables });
    return new Promise((done, fail) => {
      const sent = request(
        this.#target.url,
        {
          agent: this.#agent,
          method: "POST",
          headers: {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
            authorization: `Bearer ${this.#target.key}`,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", fail);
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            if (response.statusCode === 200 && !text.includes('"errors":[{"message"')) done(text);
            else fail(new Error(`${this.#target.url} answered ${String(response.statusCode)}: ${text.slice(0, 500)}`));
          });
        },
      );
      // A kept connection that the server closed at this moment: the request never got there.
      sent.on("error", (error) => {
        if (sent.reusedSocket) done(this.send({ query, variables }));
        else fail(error);
      });
      sent.end(body);
    });
  }

  /** @returns answers a second over `ms` */
  async throughput(asks: () => Ask, concurrency: number, ms: number): Promise<number> {
    const start = performance.now();
    let answers = 0;
    const loop = async (): Promise<void> => {
      while (performance.now() - start < ms) {
        await this.send(asks());
        answers++;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, loop));
    return answers / ((performance.now() - start) / 1_000);
  }

  close(): void {
    this.#agent.destroy();
  }
}
