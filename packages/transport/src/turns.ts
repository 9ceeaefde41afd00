import type { Clock } from "@quorate/ports";
import { turnMsMax } from "./limits.ts";

export interface TurnOwner {
  /** Works on one packet. */
  onPacket(packet: Uint8Array): void;
  /** Read no more from the peer: the kernels hold it up. */
  pause(): void;
  resume(): void;
}

/**
 * What a link may take of the event loop: `turnMsMax`, and then everybody else comes first.
 *
 * Without it a peer that sends without pause would be read megabyte after megabyte, while
 * heartbeats and the packets of others wait. What waits here was read before the pause: no more
 * than one read of the socket and the message that it completed.
 */
export class Turns {
  private readonly clock: Clock;
  private readonly owner: TurnOwner;
  private waiting: Uint8Array[] = [];
  private spentMs = 0;
  private isUnderWay = false;
  private isPaused = false;

  constructor(clock: Clock, owner: TurnOwner) {
    this.clock = clock;
    this.owner = owner;
  }

  /** Hands the packet on, now or in a later turn, in the order in which they came. */
  put(packet: Uint8Array): void {
    if (this.isPaused) this.waiting.push(packet);
    else this.spend(() => this.owner.onPacket(packet));
  }

  /** Does work for the peer now, on its time. Not nested. */
  spend<T>(work: () => T): T {
    const startMs = this.clock.monotonicMs();
    const result = work();
    this.spentMs += this.clock.monotonicMs() - startMs;
    if (!this.isUnderWay) {
      this.isUnderWay = true;
      this.clock.soon(() => this.endTurn());
    }
    if (this.spentMs >= turnMsMax && !this.isPaused) {
      this.isPaused = true;
      this.owner.pause();
    }
    return result;
  }

  /** The peer has closed: what it said before is heard, and it costs no more than one read. */
  finish(): void {
    for (const packet of this.waiting.splice(0)) this.owner.onPacket(packet);
  }

  /** Forgets what waits: the link is closed for a reason. */
  stop(): void {
    this.waiting = [];
  }

  private endTurn(): void {
    this.isUnderWay = false;
    this.spentMs = 0;
    if (!this.isPaused) return;
    let done = 0;
    while (done < this.waiting.length && this.spentMs < turnMsMax) {
      const packet = this.waiting[done];
      done += 1;
      if (packet !== undefined) this.spend(() => this.owner.onPacket(packet));
    }
    this.waiting = this.waiting.slice(done);
    if (this.waiting.length > 0) return;
    this.isPaused = false;
    this.owner.resume();
  }
}
