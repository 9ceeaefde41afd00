import type { Clock } from "@quorate/ports";
import { io } from "socket.io-client";
import { watchDialedEngine } from "./engine-watch.ts";
import { createFrameParser, frameEvent } from "./frame-parser.ts";
import { type FrameSocket, WiredFrameSocket } from "./frame-socket.ts";
import { helloMsMax, packetBytesMax } from "./limits.ts";
import type { LinkCertificates } from "./link-certificates.ts";
import type { LinkRejectReason } from "./link-rejects.ts";
import { linkPath } from "./listener.ts";
import { frameOverheadBytes } from "./seal.ts";
import { UnmaskedWebSocket } from "./unmasked-web-socket.ts";
import { isTlsError, watchWebSocket, webSocketUnder } from "./web-socket-under.ts";

export interface DialingParts {
  readonly clock: Clock;
  /** TLS around the links, or null for none; the scheme of addresses means nothing then. */
  readonly certificates: LinkCertificates | null;
}

export interface DialedSocketEvents {
  onConnected(): void;
  /** It never connected; a connection that ends tells its owner. */
  onFailed(): void;
  onReject(reason: LinkRejectReason): void;
}

/**
 * The dialing end: one Socket.IO connection, never reused and never reconnected.
 *
 * So nothing that was handed to one connection can come out of another.
 */
export function openDialedSocket(
  address: string,
  { clock, certificates }: DialingParts,
  events: DialedSocketEvents,
): FrameSocket {
  const tls = certificates === null ? {} : { ...certificates.current, rejectUnauthorized: true };
  const socket = io(certificates === null ? address : address.replace(/^http:/, "https:"), {
    ...tls,
    path: linkPath,
    transports: [UnmaskedWebSocket],
    forceNew: true,
    reconnection: false,
    autoConnect: false,
    timeout: helloMsMax,
    parser: createFrameParser(() => events.onReject("websocket")),
    transportOptions: { websocket: { maxPayload: packetBytesMax + frameOverheadBytes } },
  });
  const webSocket = () => webSocketUnder(socket.io.engine?.transport);
  const frames = new WiredFrameSocket({
    send: (frame) => socket.emit(frameEvent, frame),
    bytesInWebSocket: () => webSocket()?.bufferedAmount ?? 0,
    pause: () => webSocket()?.pause(),
    resume: () => webSocket()?.resume(),
    destroy: () => {
      webSocket()?.terminate();
      socket.disconnect();
    },
  });
  socket.on("connect", () => {
    socket.io.engine.on("flush", () => frames.onFlush());
    watchDialedEngine(socket.io.engine, clock, () => {
      events.onReject("websocket");
      webSocket()?.terminate();
    });
    watchWebSocket(webSocket(), (reason) => events.onReject(reason));
    events.onConnected();
  });
  socket.on("connect_error", (error) => {
    if (isTlsError(error)) events.onReject("tls");
    events.onFailed();
  });
  socket.on("disconnect", () => frames.onClose());
  socket.on(frameEvent, (frame: unknown) => frames.onMessage(frame));
  socket.connect();
  return frames;
}
