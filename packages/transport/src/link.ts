import { type Clock, type PeerId, peerKey } from "@quorate/ports";
import type { FrameSocket } from "./frame-socket.ts";
import type { HelloIdentity } from "./hello.ts";
import type { LinkKeys } from "./key-exchange.ts";
import {
  backlogBytesMax,
  coalesceBytesMax,
  type KeyLimits,
  keyWearMin,
  packetBytesMax,
  rekeyMsMax,
} from "./limits.ts";
import type { LinkCertificates } from "./link-certificates.ts";
import type { LinkRejectReason, LinkRejects } from "./link-rejects.ts";
import { batchedBytes, decodeBatch, encodeBatch } from "./packet-batch.ts";
import { Rekey } from "./rekey.ts";
import {
  type FrameKind,
  FrameOpener,
  FrameSealer,
  frameOverheadBytes,
  generationOf,
} from "./seal.ts";
import { Turns } from "./turns.ts";

/** What every link of a process shares. */
export interface LinkContext {
  readonly identity: HelloIdentity;
  readonly clock: Clock;
  readonly rejects: LinkRejects;
  readonly keyLimits: KeyLimits;
  /** TLS around the connection, or null for none. */
  readonly certificates: LinkCertificates | null;
}

export interface LinkOwner {
  /** The first frame opened: the other side has accepted this link. */
  onConfirmed(link: Link): void;
  onPacket(link: Link, packet: Uint8Array): void;
  /** Called once, whatever the reason. */
  onClosed(link: Link): void;
}

/** What a hello established. */
export interface LinkParties {
  readonly side: "dial" | "accept";
  readonly peer: PeerId;
  /** Boot counter of the peer's process. */
  readonly boot: number;
}

/**
 * An authenticated connection to one peer: packets in, sealed frames out, and the reverse.
 *
 * Packets that are sent in the same turn share a frame. Whatever goes wrong closes the link.
 */
export class Link {
  readonly parties: LinkParties;
  private readonly context: LinkContext;
  private readonly socket: FrameSocket;
  private readonly owner: LinkOwner;
  private readonly rekey: Rekey;
  private readonly turns: Turns;
  private sealer: FrameSealer;
  private opener: FrameOpener;
  /** Set between our switch to new keys and the peer's first frame under them. */
  private nextOpener: FrameOpener | null = null;
  private cancelRekeyTimeout: (() => void) | null = null;
  private keysSinceMs: number;
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private isConfirmed = false;
  private closed = false;

  constructor(
    context: LinkContext,
    parties: LinkParties,
    keys: LinkKeys,
    socket: FrameSocket,
    owner: LinkOwner,
  ) {
    this.context = context;
    this.parties = parties;
    this.socket = socket;
    this.owner = owner;
    this.sealer = new FrameSealer(this.sendingKey(keys), 0);
    this.opener = new FrameOpener(this.receivingKey(keys), 0);
    this.keysSinceMs = context.clock.monotonicMs();
    this.rekey = new Rekey(context.identity, parties.peer, {
      sendHello: (message) => this.sendFrame("hello", message),
      useKeys: (next) => this.useKeys(next),
      refuse: (reason) => this.close(reason),
    });
    this.turns = new Turns(context.clock, {
      onPacket: (packet) => this.onPacket(packet),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    });
    socket.own({ onFrame: (frame) => this.onFrame(frame), onClosed: () => this.onEnd() });
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** False when the packet is dropped: the link is closed or too much waits already. */
  send(packet: Uint8Array): boolean {
    if (this.closed) return false;
    const reason = this.reasonAgainstSending(packet);
    if (reason !== null) {
      this.context.rejects.count(reason, { peer: peerKey(this.parties.peer) });
      return false;
    }
    this.pending.push(packet);
    this.pendingBytes += batchedBytes(packet);
    // A tick runs behind the packets that came in the same read, so their answers share a frame.
    if (this.pending.length === 1) process.nextTick(() => this.flush());
    return true;
  }

  bytesWaiting(): number {
    return this.closed ? 0 : this.pendingBytes + this.socket.bytesWaiting();
  }

  /** An empty frame, which tells the dialer that the link exists. */
  confirm(): void {
    this.sendFrame("packets", new Uint8Array(0));
  }

  /** Ends the link; a reason is counted. */
  close(reason: LinkRejectReason | null): void {
    if (this.closed) return;
    this.closed = true;
    this.pending = [];
    this.pendingBytes = 0;
    this.turns.stop();
    this.cancelRekeyTimeout?.();
    if (reason !== null) this.context.rejects.count(reason, { peer: peerKey(this.parties.peer) });
    this.socket.destroy();
    this.owner.onClosed(this);
  }

  private reasonAgainstSending(packet: Uint8Array): LinkRejectReason | null {
    if (packet.length > packetBytesMax) return "oversized";
    const isFull = this.bytesWaiting() + packet.length > backlogBytesMax;
    return isFull ? "backlog" : null;
  }

  private flush(): void {
    const packets = this.pending;
    this.pending = [];
    this.pendingBytes = 0;
    let batch: Uint8Array[] = [];
    let bytes = 0;
    for (const packet of packets) {
      const size = batchedBytes(packet);
      if (batch.length > 0 && bytes + size > coalesceBytesMax) {
        this.sendBatch(batch);
        batch = [];
        bytes = 0;
      }
      batch.push(packet);
      bytes += size;
    }
    if (batch.length > 0) this.sendBatch(batch);
    this.replaceWornKeys();
  }

  private sendBatch(batch: readonly Uint8Array[]): void {
    const [only] = batch;
    if (only !== undefined && batch.length === 1) this.sendFrame("packet", only);
    else this.sendFrame("packets", encodeBatch(batch));
  }

  private sendFrame(kind: FrameKind, content: Uint8Array): void {
    if (!this.closed) this.socket.send(this.sealer.seal(kind, content));
  }

  private onFrame(frame: Uint8Array): void {
    if (frame.length > packetBytesMax + frameOverheadBytes) {
      this.close("oversized");
      return;
    }
    this.adoptNextOpener(frame);
    const opened = this.turns.spend(() => this.opener.open(frame));
    if (!opened.ok) {
      this.close(opened.reason);
      return;
    }
    if (!this.isConfirmed) {
      this.isConfirmed = true;
      this.owner.onConfirmed(this);
    }
    this.onOpened(opened.kind, opened.content);
    this.replaceWornKeys();
  }

  private onOpened(kind: FrameKind, content: Uint8Array): void {
    switch (kind) {
      case "packet":
        this.turns.put(content);
        return;
      case "packets":
        this.onBatch(content);
        return;
      case "hello":
        this.onHello(content);
    }
  }

  private onBatch(batch: Uint8Array): void {
    const packets = decodeBatch(batch);
    if (packets === null) {
      this.close("frame-malformed");
      return;
    }
    for (const packet of packets) this.turns.put(packet);
  }

  private onPacket(packet: Uint8Array): void {
    if (!this.closed) this.owner.onPacket(this, packet);
  }

  /** The connection ended without a word of ours. */
  private onEnd(): void {
    this.turns.finish();
    this.close(null);
  }

  /** A peer may not make us sign as often as it likes. */
  private onHello(message: Uint8Array): void {
    const isFirst = this.parties.side === "accept" && !this.rekey.isUnderWay;
    if (isFirst && this.keyWear() < keyWearMin) this.close("key-youth");
    else this.rekey.onMessage(message);
  }

  /** The dialer renews keys at their limits; whoever sees twice the limits closes the link. */
  private replaceWornKeys(): void {
    if (this.closed) return;
    const wear = this.keyWear();
    if (wear >= 2) this.close("key-age");
    else if (wear >= 1 && this.parties.side === "dial" && this.cancelRekeyTimeout === null) {
      const { clock } = this.context;
      this.cancelRekeyTimeout = clock.after(rekeyMsMax, () => this.close("hello-timeout"));
      this.rekey.start();
    }
  }

  /** How much of the keys' life is used; 1 is its end. */
  private keyWear(): number {
    const { clock, keyLimits } = this.context;
    const { sealer, opener } = this;
    return Math.max(
      Math.max(sealer.frames, opener.frames) / keyLimits.frames,
      Math.max(sealer.bytes, opener.bytes) / keyLimits.bytes,
      (clock.monotonicMs() - this.keysSinceMs) / keyLimits.ageMs,
    );
  }

  private useKeys(keys: LinkKeys): void {
    const generation = this.sealer.generation + 1;
    this.sealer = new FrameSealer(this.sendingKey(keys), generation);
    this.nextOpener = new FrameOpener(this.receivingKey(keys), generation);
    this.confirm();
  }

  private adoptNextOpener(frame: Uint8Array): void {
    const next = this.nextOpener;
    if (next === null || generationOf(frame) !== next.generation) return;
    this.opener = next;
    this.nextOpener = null;
    this.keysSinceMs = this.context.clock.monotonicMs();
    this.cancelRekeyTimeout?.();
    this.cancelRekeyTimeout = null;
  }

  private sendingKey(keys: LinkKeys): Uint8Array {
    return this.parties.side === "dial" ? keys.dialToAccept : keys.acceptToDial;
  }

  private receivingKey(keys: LinkKeys): Uint8Array {
    return this.parties.side === "dial" ? keys.acceptToDial : keys.dialToAccept;
  }
}
