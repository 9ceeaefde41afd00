/** Between a caller and the API: it carries everything, but loses answers when it is told to. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP proxy on loopback. Life: `startLossyProxy`, then `stop` once. */
export class LossyProxy {
  /** Where callers find the API by way of the proxy. */
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #losing: { next: boolean };

  constructor(port: number, server: Server, sockets: Set<Socket>, losing: { next: boolean }) {
    this.url = `http://127.0.0.1:${port}`;
    this.#server = server;
    this.#sockets = sockets;
    this.#losing = losing;
  }

  /** The API does what the next call asks and answers; the caller's connection breaks instead. */
  loseNextAnswer(): void {
    this.#losing.next = true;
  }

  /** Ends all connections. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Carries what comes on a free port of loopback to the API. */
export async function startLossyProxy(apiUrl: string): Promise<LossyProxy> {
  const { hostname: host, port } = new URL(apiUrl);
  const sockets = new Set<Socket>();
  const losing = { next: false };
  const server = createServer((caller) => {
    const api = connect(Number(port), host);
    for (const [one, other] of [
      [caller, api],
      [api, caller],
    ] as const) {
      sockets.add(one);
      // A broken connection is what the proxy is for: it breaks the other one too.
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    caller.on("data", (bytes) => api.write(bytes));
    api.on("data", (bytes) => {
      if (!losing.next) return caller.write(bytes);
      losing.next = false;
      return caller.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return new LossyProxy(address.port, server, sockets, losing);
}
