/** Somebody who knows the wire and nothing else: a TCP socket that speaks websocket by hand. */
import { connect, type Socket } from "node:net";
import type { PeerId } from "@quorate/ports";
import { type DialedHello, dialHello, type HelloIdentity } from "./hello.ts";
import { linkPath } from "./listener.ts";
import { until } from "./test-cluster.ts";

const textOpcode = 0x1;
const binaryOpcode = 0x2;
const pingOpcode = 0x9;

export class Stranger {
  /** Binary messages received. */
  readonly messages: Uint8Array[] = [];
  /** Text messages received: those of Engine.IO and Socket.IO. */
  readonly texts: string[] = [];
  isClosed = false;
  readonly socket: Socket;
  private received = Buffer.alloc(0);
  private isUpgraded = false;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (bytes) => this.onData(Buffer.from(bytes)));
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => {
      this.isClosed = true;
    });
  }

  /** Asks for the websocket. */
  upgrade(headers = "", query = "EIO=4&transport=websocket"): this {
    this.socket.write(
      `GET ${linkPath}/?${query} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${headers}\r\n`,
    );
    return this;
  }

  /** Upgrades and waits for Engine.IO, which loses what comes before it has spoken. */
  async open(): Promise<this> {
    this.upgrade();
    await until(() => this.texts.length === 1);
    return this;
  }

  /** Opens and joins Socket.IO's namespace; the next binary message is a frame. */
  async join(): Promise<this> {
    await this.open();
    this.sendText("40");
    await until(() => this.texts.length === 2);
    return this;
  }

  /** Joins and says hello in somebody's name: whoever has the key has the link. */
  async link(
    identity: HelloIdentity,
    acceptor: PeerId,
  ): Promise<DialedHello & { readonly offer: Uint8Array }> {
    const hello = dialHello(identity, acceptor);
    (await this.join()).sendBinary(hello.offer);
    await until(() => this.messages.length === 1);
    const dialed = hello.onAnswer(this.messages[0] ?? new Uint8Array());
    if (!dialed.ok) throw new Error(dialed.reason);
    this.sendBinary(dialed.proof);
    return { offer: hello.offer, ...dialed };
  }

  sendText(text: string): void {
    this.sendMessage(textOpcode, Buffer.from(text));
  }

  sendBinary(bytes: Uint8Array): void {
    this.sendMessage(binaryOpcode, bytes);
  }

  /** A ping of the websocket itself, with as much in it as fits. */
  sendPing(): void {
    this.sendMessage(pingOpcode, new Uint8Array(125));
  }

  /** The header of a message that claims a length, without the message. */
  claimLength(length: number): void {
    const header = Buffer.alloc(14);
    header[0] = 0x80 | binaryOpcode;
    header[1] = 0x80 | 127;
    header.writeBigUInt64BE(BigInt(length), 2);
    this.socket.write(header);
  }

  close(): void {
    this.socket.destroy();
  }

  private sendMessage(opcode: number, bytes: Uint8Array): void {
    if (this.isClosed) return;
    const isLong = bytes.length > 125;
    const header = Buffer.alloc(isLong ? 14 : 6);
    header[0] = 0x80 | opcode;
    header[1] = 0x80 | (isLong ? 127 : bytes.length);
    if (isLong) header.writeBigUInt64BE(BigInt(bytes.length), 2);
    this.socket.write(Buffer.concat([header, bytes]));
  }

  private onData(bytes: Buffer): void {
    this.received = Buffer.concat([this.received, bytes]);
    if (!this.isUpgraded) {
      const end = this.received.indexOf("\r\n\r\n");
      if (end === -1) return;
      this.isUpgraded = this.received.toString("latin1").startsWith("HTTP/1.1 101");
      if (!this.isUpgraded) return;
      this.received = this.received.subarray(end + 4);
    }
    while (this.takeMessage()) continue;
  }

  /** Servers send unmasked messages; ours are below 64 KiB here. */
  private takeMessage(): boolean {
    const { received } = this;
    if (received.length < 2) return false;
    const short = received.readUInt8(1);
    const start = short === 126 ? 4 : 2;
    if (received.length < start) return false;
    const end = start + (short === 126 ? received.readUInt16BE(2) : short);
    if (received.length < end) return false;
    const content = received.subarray(start, end);
    this.received = received.subarray(end);
    if ((received.readUInt8(0) & 0xf) === binaryOpcode)
      this.messages.push(Uint8Array.from(content));
    else this.texts.push(content.toString());
    return true;
  }
}
