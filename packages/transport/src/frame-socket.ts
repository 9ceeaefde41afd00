/** Who receives what a connection brings. */
export interface FrameSocketOwner {
  onFrame(frame: Uint8Array): void;
  /** The connection ended; called once, and not after `destroy`. */
  onClosed(): void;
}

/** One connection that carries frames, the same at both of its ends. */
export interface FrameSocket {
  /** Replaces the owner: first the hello, then the link. */
  own(owner: FrameSocketOwner): void;
  /** Hands a frame to the connection. The bytes must not change afterwards. */
  send(frame: Uint8Array): void;
  /** Bytes handed over and not yet taken by the kernel. */
  bytesWaiting(): number;
  /** Reads no more until `resume`; what was read already still arrives. */
  pause(): void;
  resume(): void;
  /** Ends the connection at once; what waits is lost. */
  destroy(): void;
}

/** How a frame socket reaches Socket.IO, whose two ends differ. */
export interface FrameWire {
  send(frame: Uint8Array): void;
  bytesInWebSocket(): number;
  pause(): void;
  resume(): void;
  destroy(): void;
}

/** What both ends have in common. The wire's events arrive through `on…`. */
export class WiredFrameSocket implements FrameSocket {
  private readonly wire: FrameWire;
  private owner: FrameSocketOwner | null = null;
  /** Bytes that wait in Engine.IO because its websocket is not writable. */
  private bytesInEngine = 0;
  private isClosed = false;

  constructor(wire: FrameWire) {
    this.wire = wire;
  }

  own(owner: FrameSocketOwner): void {
    this.owner = owner;
  }

  send(frame: Uint8Array): void {
    if (this.isClosed) return;
    this.bytesInEngine += frame.length;
    this.wire.send(frame);
  }

  bytesWaiting(): number {
    return this.isClosed ? 0 : this.bytesInEngine + this.wire.bytesInWebSocket();
  }

  pause(): void {
    if (!this.isClosed) this.wire.pause();
  }

  resume(): void {
    if (!this.isClosed) this.wire.resume();
  }

  destroy(): void {
    this.isClosed = true;
    this.wire.destroy();
  }

  /** Engine.IO handed all that it had to the websocket. */
  onFlush(): void {
    this.bytesInEngine = 0;
  }

  onMessage(frame: unknown): void {
    if (!this.isClosed && frame instanceof Uint8Array) this.owner?.onFrame(frame);
  }

  onClose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.owner?.onClosed();
  }
}
