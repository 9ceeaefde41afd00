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

const nothing = Buffer.alloc(0);
const headEnd = Buffer.from("\r\n\r\n");

/** Answers are shorter, most of them by far. */
const readBytes = 64 * 1024;

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
  /** The beginning of an answer whose rest has not come yet. */
  #begun: Buffer = nothing;
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
    const socket = connect({
      port: Number(this.#url.port),
      host: this.#url.hostname,
      noDelay: true,
      // One buffer for all reads: its bytes are used, or copied, before the next read.
      onread: {
        buffer: Buffer.alloc(readBytes),
        callback: (length, buffer) => {
          this.#onData(Buffer.from(buffer.buffer, buffer.byteOffset, length));
          return true;
        },
      },
    });
    await once(socket, "connect");
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => {
      if (this.#socket === socket) this.#fail(new Error("the gateway closed the connection"));
    });
    this.#socket = socket;
    return socket;
  }

  /** Sends JSON with POST. Rejects when the connection breaks. */
  post(path: string, json: string): Promise<HttpAnswer> {
    return this.send(this.requestOf(path, json));
  }

  /** The bytes of a POST with JSON, which any connection to the same gateway can send. */
  requestOf(path: string, json: string): Buffer {
    const length = Buffer.byteLength(json);
    return Buffer.from(`POST ${path}${this.#headTail}${length}\r\n\r\n${json}`);
  }

  /** Sends a request. Rejects when the connection breaks. */
  async send(request: Buffer): Promise<HttpAnswer> {
    const socket = this.#socket ?? (await this.open());
    return new Promise((resolve, reject) => {
      this.#answer = resolve;
      this.#fail = reject;
      socket.write(request);
    });
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
  }

  #onData(bytes: Buffer): void {
    const received = this.#begun.length === 0 ? bytes : Buffer.concat([this.#begun, bytes]);
    this.#begun = nothing;
    const head = received.indexOf(headEnd);
    if (head === -1) return this.#keep(received);
    const fields = received.toString("latin1", 0, head);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(fields)?.[1] ?? Number.NaN);
    if (!Number.isSafeInteger(length)) {
      this.#fail(new Error(`an answer without a length: ${fields}`));
      return;
    }
    const begin = head + headEnd.length;
    if (received.length < begin + length) return this.#keep(received);
    const text = received.toString("utf8", begin, begin + length);
    // The gateway ends a connection after a number of requests.
    if (/\r\nconnection: close/i.test(fields)) this.close();
    this.#answer({ status: Number(fields.slice(9, 12)), text });
  }

  #keep(received: Buffer): void {
    this.#begun = Buffer.from(received);
  }
}
