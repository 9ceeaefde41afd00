/**
 * The Socket.IO parser of the links: one frame is one binary websocket message.
 *
 * The default parser announces every binary with a JSON text message and would parse JSON from
 * strangers; this one halves the messages and has nothing to parse. Socket.IO's own packets are
 * one digit (https://socket.io/docs/v4/custom-parser/).
 */
import { EventEmitter } from "node:events";

/** The only event of the links. */
export const frameEvent = "m";

/** Characters of a text packet: a digit and Socket.IO's name for the socket. */
const textCharactersMax = 64;

/** Packet types of the Socket.IO protocol, revision 5. */
const connectType = 0;
const disconnectType = 1;
const eventType = 2;
const connectErrorType = 4;

interface SocketIoPacket {
  readonly type: number;
  readonly nsp: string;
  readonly data?: unknown;
}

/** Bytes that no peer of ours sends. Socket.IO catches it and closes the connection. */
class FrameParserError extends Error {
  override readonly name = "FrameParserError";
}

/** A parser for the `parser` option of both ends. `onMalformed` hears of every refused packet. */
export function createFrameParser(onMalformed: () => void): {
  readonly Encoder: typeof FrameEncoder;
  readonly Decoder: new () => FrameDecoder;
} {
  return {
    Encoder: FrameEncoder,
    Decoder: class extends FrameDecoder {
      constructor() {
        super(onMalformed);
      }
    },
  };
}

class FrameEncoder {
  encode(packet: SocketIoPacket): readonly [string | Uint8Array] {
    switch (packet.type) {
      case connectType:
        return [`${connectType}${textField(packet.data, "sid")}`];
      case disconnectType:
      case connectErrorType:
        return [String(packet.type)];
      case eventType:
        return [frameIn(packet.data)];
      default:
        throw new FrameParserError(`packet type ${packet.type} is never sent`);
    }
  }
}

class FrameDecoder extends EventEmitter {
  private readonly onMalformed: () => void;
  /** Socket.IO would close a connection whose frames come before its join, and count nothing. */
  private hasJoined = false;

  constructor(onMalformed: () => void) {
    super();
    this.onMalformed = onMalformed;
  }

  /** Emits "decoded" with the packet, or throws FrameParserError. */
  add(chunk: unknown): void {
    const packet = decode(chunk);
    if (packet?.type === connectType) this.hasJoined = true;
    if (packet !== null && (this.hasJoined || packet.type !== eventType)) {
      this.emit("decoded", packet);
      return;
    }
    this.onMalformed();
    throw new FrameParserError("no packet of a link");
  }

  /** Called by Socket.IO at the end; there is nothing to give back. */
  destroy(): void {
    this.removeAllListeners();
  }
}

function decode(chunk: unknown): SocketIoPacket | null {
  if (chunk instanceof Uint8Array) return { type: eventType, nsp: "/", data: [frameEvent, chunk] };
  if (typeof chunk !== "string" || chunk.length > textCharactersMax) return null;
  if (chunk === String(disconnectType)) return { type: disconnectType, nsp: "/" };
  if (chunk === String(connectErrorType)) {
    return { type: connectErrorType, nsp: "/", data: { message: "refused" } };
  }
  if (!/^0[\w-]*$/.test(chunk)) return null;
  const sid = chunk.slice(1);
  return sid === ""
    ? { type: connectType, nsp: "/" }
    : { type: connectType, nsp: "/", data: { sid } };
}

function frameIn(data: unknown): Uint8Array {
  const frame: unknown = Array.isArray(data) ? data[1] : null;
  if (frame instanceof Uint8Array) return frame;
  throw new FrameParserError("only frames are sent");
}

function textField(data: unknown, name: string): string {
  if (typeof data !== "object" || data === null) return "";
  const value: unknown = Object.entries(data).find(([key]) => key === name)?.[1];
  return typeof value === "string" ? value : "";
}
