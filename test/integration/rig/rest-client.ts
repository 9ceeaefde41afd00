/** HTTP as a program with a connection pool does it: keep-alive, a deadline, and no retries. */
import { Agent, request } from "node:http";
import { type Fields, parseFields } from "./answer.ts";

/** One answer. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The object in the answer; empty when the answer is no JSON object. */
  readonly body: Fields;
}

/** The connection broke or the deadline passed: whether the request was done is not known. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Longer than the API may take for any call that does not wait (contract: 10 s). */
const answerMsMax = 15_000;

/** Who calls, and on how many connections at most. */
export interface RestOptions {
  readonly apiUrl: string;
  readonly token: string;
  readonly connections: number;
}

/** A caller of the API with connections of its own. */
export class RestClient {
  readonly #url: URL;
  readonly #authorization: string;
  readonly #agent: Agent;

  constructor({ apiUrl, token, connections }: RestOptions) {
    this.#url = new URL(apiUrl);
    this.#authorization = `Bearer ${token}`;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Sends a value as JSON. Rejects with NoAnswer. */
  post(path: string, value: unknown, headers: Readonly<Record<string, string>> = {}) {
    return this.send("POST", path, JSON.stringify(value), headers);
  }

  /** Sends a value as JSON. Rejects with NoAnswer. */
  put(path: string, value: unknown) {
    return this.send("PUT", path, JSON.stringify(value));
  }

  /** Asks. Rejects with NoAnswer. */
  get(path: string) {
    return this.send("GET", path, null);
  }

  /** Sends a text that is JSON already. Rejects with NoAnswer. */
  send(
    method: string,
    path: string,
    json: string | null,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RestAnswer> {
    const body = json === null ? null : Buffer.from(json);
    const about = body === null ? {} : contentHeaders(body);
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void => {
        reject(new NoAnswer(`${method} ${path}: ${cause.message}`, { cause }));
      };
      const call = request({
        host: this.#url.hostname,
        port: this.#url.port,
        method,
        path,
        agent: this.#agent,
        headers: { authorization: this.#authorization, ...about, ...headers },
      });
      call.setTimeout(answerMsMax, () => call.destroy(new Error("no answer in time")));
      call.on("error", fail);
      call.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const { statusCode: status = 0, headers: given } = response;
          resolve({ status, headers: given, text, body: parseFields(text) });
        });
      });
      call.end(body ?? undefined);
    });
  }

  /** Closes the connections. */
  close(): void {
    this.#agent.destroy();
  }
}

function contentHeaders(body: Buffer): Record<string, string> {
  return { "content-type": "application/json", "content-length": String(body.length) };
}
