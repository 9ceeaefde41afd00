/**
 * A keep-alive connection that costs as little as it can: the load generator shares two cores with
 * what it measures. It speaks just the HTTP that our gateway speaks.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

const headEnd = Buffer.from("\r\n\r\n");

/** Where to call, and as whom. */
export interface HttpTarget {
  readonly apiUrl: string;
  readonly token: string;
}

/** See the file. One call at a time; a gateway that ends the connection is called again. */
export class HttpConnection {
  readonly #url: URL;
  readonly #headTail: string;
  /** Null before the first call, and after an answer that was the last of its connection. */
  #socket: Socket | null = null;
  #received: Buffer = Buffer.alloc(0);
  #answer: (answer: HttpAnswer) => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;

  constructor({ apiUrl, token }: HttpTarget) {
    this.#url = new URL(apiUrl);
    this.#headTail =
      ` HTTP/1.1\r\nhost: ${this.#url.host}\r\nauthorization: Bearer ${token}\r\n` +
      "content-type: application/json\r\ncontent-length: ";
  }

  /** Connects, so that the first call need not. Rejects when nobody listens. */
  async open(): Promise<Socket> {
    const socket = connect(Number(this.#url.port), this.#url.hostname);
    socket.setNoDelay(true);
    await once(socket, "connect");
    socket.on("data", (bytes: Buffer) => this.#onData(bytes));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => {
      if (this.#socket === socket) this.#fail(new Error("the gateway closed the connection"));
    });
    this.#socket = socket;
    return socket;
  }

  /** Sends JSON with POST. Rejects when the connection breaks. */
  async post(path: string, json: string): Promise<HttpAnswer> {
    const socket = this.#socket ?? (await this.open());
    const length = Buffer.byteLength(json);
    return new Promise((resolve, reject) => {
      this.#answer = resolve;
      this.#fail = reject;
      socket.write(`POST ${path}${this.#headTail}${length}\r\n\r\n${json}`);
    });
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
  }

  #onData(bytes: Buffer): void {
    const isFirst = this.#received.length === 0;
    this.#received = isFirst ? bytes : Buffer.concat([this.#received, bytes]);
    const head = this.#received.indexOf(headEnd);
    if (head === -1) return;
    const fields = this.#received.toString("latin1", 0, head);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(fields)?.[1] ?? Number.NaN);
    if (!Number.isSafeInteger(length)) {
      this.#fail(new Error(`an answer without a length: ${fields}`));
      return;
    }
    const begin = head + headEnd.length;
    if (this.#received.length < begin + length) return;
    const text = this.#received.toString("utf8", begin, begin + length);
    this.#received = this.#received.subarray(begin + length);
    // The gateway ends a connection after a number of requests.
    if (/\r\nconnection: close/i.test(fields)) this.close();
    this.#answer({ status: Number(fields.slice(9, 12)), text });
  }
}
