import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer, type Server as HttpsServer } from "node:https";
import type { Socket as TcpSocket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "@quorate/ports";
import { Server, type Socket } from "socket.io";
import { watchAcceptedEngine } from "./engine-watch.ts";
import { createFrameParser, frameEvent } from "./frame-parser.ts";
import { type FrameSocket, WiredFrameSocket } from "./frame-socket.ts";
import {
  helloBytesMax,
  helloMsMax,
  packetBytesMax,
  pingIntervalMs,
  pingTimeoutMs,
} from "./limits.ts";
import type { Certificates, LinkCertificates } from "./link-certificates.ts";
import type { LinkRejects } from "./link-rejects.ts";
import { frameOverheadBytes } from "./seal.ts";
import { Unauthenticated } from "./unauthenticated.ts";
import { watchWebSocket, webSocketUnder } from "./web-socket-under.ts";

/** Path of the links' websocket. */
export const linkPath = "/link";

/** Both ends are ours. */
const tlsVersionMin = "TLSv1.3";

/** How often Node looks for HTTP requests that take too long. */
const httpCheckMs = 500;

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly rejects: LinkRejects;
  /** TLS around the links, or null for none. */
  readonly certificates: LinkCertificates | null;
  /** A stranger connected. `onAuthenticated` ends the budgets of its socket. */
  readonly onSocket: (socket: FrameSocket, onAuthenticated: () => void) => void;
}

/** The accepting end: an HTTP server that takes one kind of websocket and nothing else. */
export class Listener {
  private readonly options: ListenerOptions;
  private readonly http: HttpServer | HttpsServer;
  private readonly io: Server;
  private readonly unauthenticated: Unauthenticated;
  /** By the other end's address and port, which TLS leaves as they are. */
  private readonly tcpSockets = new Map<string, TcpSocket>();

  constructor(options: ListenerOptions) {
    this.options = options;
    this.unauthenticated = new Unauthenticated(options.clock, options.rejects);
    this.http = createHttp(options.certificates);
    this.io = new Server(this.http, {
      path: linkPath,
      transports: ["websocket"],
      serveClient: false,
      allowUpgrades: false,
      allowEIO3: false,
      perMessageDeflate: false,
      httpCompression: false,
      cookie: false,
      maxHttpBufferSize: packetBytesMax + frameOverheadBytes,
      connectTimeout: helloMsMax,
      pingInterval: pingIntervalMs,
      pingTimeout: pingTimeoutMs,
      parser: createFrameParser(() => options.rejects.count("websocket")),
      allowRequest: (request, answer) => this.onHandshake(request, answer),
    });
    this.watchHttp();
    this.watchEngine();
    this.io.on("connection", (socket) => this.onConnection(socket));
  }

  /** Rejects when the address cannot be bound. */
  start(): Promise<void> {
    const { host, port } = this.options;
    return new Promise((resolve, reject) => {
      this.http.once("error", reject);
      this.http.listen(port, host, () => {
        this.http.off("error", reject);
        this.watchAccepts();
        resolve();
      });
    });
  }

  /** The bound port; null before `start` and after `stop`. */
  get port(): number | null {
    const address = this.http.address();
    return typeof address === "object" && address !== null ? address.port : null;
  }

  /** Connections that come from now on are met with these. */
  useCertificates(certificates: Certificates): void {
    if (!("setSecureContext" in this.http)) return;
    this.http.setSecureContext({ ...certificates, minVersion: tlsVersionMin });
  }

  async stop(): Promise<void> {
    for (const socket of this.tcpSockets.values()) socket.destroy();
    await this.io.close();
  }

  /** A connection that the machine could not give, for want of files: its peer dials again. */
  private watchAccepts(): void {
    this.http.on("error", () => this.options.rejects.count("accept"));
  }

  private watchHttp(): void {
    const { rejects } = this.options;
    this.http.on("connection", (socket) => {
      const end = otherEndOf(socket);
      this.tcpSockets.set(end, socket);
      socket.once("close", () => this.tcpSockets.delete(end));
      this.unauthenticated.admit(socket);
    });
    const secured = new WeakSet<Duplex>();
    this.http.on("secureConnection", (socket: Duplex) => secured.add(socket));
    this.http.on("clientError", (_error: unknown, socket: Duplex) => {
      const isAmidTls = this.options.certificates !== null && !secured.has(socket);
      rejects.count(isAmidTls ? "tls" : "http");
      socket.destroy();
    });
    this.http.on("dropRequest", (_request: unknown, socket: Duplex) => socket.destroy());
    this.http.on("request", (request: IncomingMessage, response: ServerResponse) => {
      // Nothing that is no upgrade is worth a connection, whatever follows on it.
      response.once("finish", () => request.socket.destroy());
      // Engine.IO answers, and reports, what comes for its own path.
      if (request.url?.startsWith(`${linkPath}/`) === true) return;
      rejects.count("http");
      response.writeHead(404, { connection: "close" }).end();
    });
  }

  private watchEngine(): void {
    const { rejects } = this.options;
    this.io.engine.on("connection_error", ({ context }: { context?: { message?: unknown } }) => {
      if (context?.message !== "origin") rejects.count("http");
    });
    this.io.engine.on("connection", (connection: Socket["conn"]) => {
      const { socket } = connection.request;
      this.unauthenticated.watchBytes(this.tcpUnder(socket), socket);
      watchAcceptedEngine(connection, () => {
        rejects.count("websocket");
        socket.destroy();
      });
      watchWebSocket(webSocketUnder(connection.transport), (reason) => rejects.count(reason));
      // Without this the websocket waits up to 30 s for a stranger's closing handshake.
      connection.on("close", () => socket.destroy());
    });
  }

  /** A browser always names its origin; no peer of ours does. */
  private onHandshake(
    request: IncomingMessage,
    answer: (message: string | null, isAllowed: boolean) => void,
  ): void {
    const isBrowser = request.headers.origin !== undefined;
    if (isBrowser) this.options.rejects.count("origin");
    answer(isBrowser ? "origin" : null, !isBrowser);
  }

  private onConnection(socket: Socket): void {
    const { conn } = socket;
    const stream = conn.request.socket;
    const tcpSocket = this.tcpUnder(stream);
    const frames = new WiredFrameSocket({
      send: (frame) => socket.emit(frameEvent, frame),
      bytesInWebSocket: () => webSocketUnder(conn.transport)?.bufferedAmount ?? 0,
      pause: () => webSocketUnder(conn.transport)?.pause(),
      resume: () => webSocketUnder(conn.transport)?.resume(),
      destroy: () => stream.destroy(),
    });
    conn.on("flush", () => frames.onFlush());
    socket.on(frameEvent, (frame: unknown) => frames.onMessage(frame));
    socket.on("disconnect", () => frames.onClose());
    // Socket.IO prints errors that nobody listens to; the parser has counted them already.
    socket.on("error", () => frames.onClose());
    this.options.onSocket(frames, () => this.unauthenticated.release(tcpSocket));
  }

  /** The connection that TLS is wrapped around, or the socket itself. */
  private tcpUnder(socket: TcpSocket): TcpSocket {
    return this.tcpSockets.get(otherEndOf(socket)) ?? socket;
  }
}

function createHttp(certificates: LinkCertificates | null): HttpServer | HttpsServer {
  const limits = {
    maxHeaderSize: helloBytesMax,
    headersTimeout: helloMsMax,
    requestTimeout: helloMsMax,
    connectionsCheckingInterval: httpCheckMs,
  };
  const http = certificates === null ? createServer(limits) : createHttps(certificates, limits);
  // One upgrade is all that a connection may ask for.
  http.maxRequestsPerSocket = 1;
  return http;
}

/** Whoever has no certificate of the authority is refused before it says anything. */
function createHttps(certificates: LinkCertificates, limits: object): HttpsServer {
  return createTlsServer({
    ...limits,
    ...certificates.current,
    minVersion: tlsVersionMin,
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: helloMsMax,
  });
}

function otherEndOf({ remoteAddress, remotePort }: TcpSocket): string {
  return `${remoteAddress ?? ""} ${remotePort ?? ""}`;
}
