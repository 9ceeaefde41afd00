import type { LinkRejectReason } from "./link-rejects.ts";

/** The part of the `ws` websocket that Socket.IO hides and the links need. */
export interface WebSocketUnder {
  /** Bytes accepted by the websocket and not yet taken by the kernel. */
  readonly bufferedAmount: number;
  /** Ends the connection without the closing handshake, which would wait up to 30 s. */
  terminate(): void;
  /** Reads no more from the connection until `resume`. */
  pause(): void;
  resume(): void;
  /**
   * Engine.IO keeps only the text of an error; the websocket itself tells its code. It also answers
   * websocket's own pings, by itself and without limit.
   */
  on(event: "error" | "ping" | "pong", listener: (about: unknown) => void): unknown;
}

/**
 * Finds the websocket in an Engine.IO transport: `socket` at the server, `ws` at the client.
 *
 * Null when there is none (any more). Neither field is public, so their shape is checked.
 */
export function webSocketUnder(transport: unknown): WebSocketUnder | null {
  const socket = fieldOf(transport, "ws") ?? fieldOf(transport, "socket");
  return isWebSocket(socket) ? socket : null;
}

/**
 * Tells of whatever a websocket does that none of ours does: errors, and its own pings and pongs,
 * in whose place Engine.IO has others. A ping is answered at once, so a peer that sends them and
 * reads nothing would fill the memory with answers.
 */
export function watchWebSocket(
  webSocket: WebSocketUnder | null,
  onReject: (reason: LinkRejectReason) => void,
): void {
  webSocket?.on("error", (error) => {
    const reason = reasonOfError(error);
    if (reason !== null) onReject(reason);
  });
  for (const event of ["ping", "pong"] as const) {
    webSocket?.on(event, () => {
      onReject("websocket");
      webSocket.terminate();
    });
  }
}

/** What a websocket's error says about the other side, or null when the connection just broke. */
function reasonOfError(error: unknown): LinkRejectReason | null {
  const code = fieldOf(error, "code");
  if (code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") return "oversized";
  return typeof code === "string" && code.startsWith("WS_ERR_") ? "websocket" : null;
}

/**
 * Whether a connection that never came up failed in TLS: OpenSSL and Node name the certificate, or
 * the protocol, in the code of the error that Engine.IO carries.
 */
export function isTlsError(error: unknown): boolean {
  const code = fieldOf(fieldOf(fieldOf(error, "description"), "error"), "code");
  return typeof code === "string" && /CERT|TLS|SSL|VERIFY|ALERT/.test(code);
}

function isWebSocket(value: unknown): value is WebSocketUnder {
  return (
    typeof fieldOf(value, "bufferedAmount") === "number" &&
    typeof fieldOf(value, "terminate") === "function" &&
    typeof fieldOf(value, "pause") === "function" &&
    typeof fieldOf(value, "resume") === "function" &&
    typeof fieldOf(value, "on") === "function"
  );
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !(name in value)) return undefined;
  return Reflect.get(value, name);
}
