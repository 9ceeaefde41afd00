import { type PeerId, peerKey } from "@quorate/ports";
import type { Prng } from "@quorate/prelude";
import { openDialedSocket } from "./dialed-socket.ts";
import type { FrameSocket } from "./frame-socket.ts";
import { dialHello } from "./hello.ts";
import { helloMsMax, redialMsMax, redialMsMin, stableLinkMs } from "./limits.ts";
import { Link, type LinkContext, type LinkOwner } from "./link.ts";
import type { LinkRejectReason } from "./link-rejects.ts";

/** One attempt to get a link; it ends when the link, or what should become one, is closed. */
interface Attempt {
  readonly socket: FrameSocket;
  readonly cancelDeadline: () => void;
  link: Link | null;
  /** The peer's machine answered; what goes wrong from here on is a refusal. */
  isConnected: boolean;
  linkedAtMs: number | null;
  isOver: boolean;
}

/** Whom to dial, and how. */
export interface DialTarget {
  readonly peer: PeerId;
  /** Asked again before every attempt. */
  address(): string;
  /** For jitter, so that peers that lost the same machine do not return together. */
  readonly prng: Prng;
}

/** Keeps a link to one peer: dials, says hello, and dials again when the link is lost. */
export class Dialer {
  private readonly context: LinkContext;
  private readonly target: DialTarget;
  private readonly owner: LinkOwner;
  private attempt: Attempt | null = null;
  private cancelRedial: (() => void) | null = null;
  private redialMs = redialMsMin;
  private isStopped = false;

  constructor(context: LinkContext, target: DialTarget, owner: LinkOwner) {
    this.context = context;
    this.target = target;
    this.owner = owner;
  }

  start(): void {
    this.dial();
  }

  stop(): void {
    this.isStopped = true;
    this.cancelRedial?.();
    if (this.attempt !== null) this.giveUp(this.attempt, null);
  }

  private dial(): void {
    const attempt: Attempt = {
      socket: openDialedSocket(this.target.address(), this.context, {
        onConnected: () => this.sayHello(attempt),
        onFailed: () => this.giveUp(attempt, null),
        onReject: (reason) => this.count(reason),
      }),
      cancelDeadline: this.context.clock.after(helloMsMax, () =>
        this.giveUp(attempt, attempt.isConnected ? "hello-timeout" : null),
      ),
      link: null,
      isConnected: false,
      linkedAtMs: null,
      isOver: false,
    };
    this.attempt = attempt;
  }

  private sayHello(attempt: Attempt): void {
    attempt.isConnected = true;
    const { peer } = this.target;
    const hello = dialHello(this.context.identity, peer);
    attempt.socket.own({
      onFrame: (answer) => {
        const result = hello.onAnswer(answer);
        if (!result.ok) {
          this.giveUp(attempt, result.reason);
          return;
        }
        const parties = { side: "dial", peer, boot: result.boot } as const;
        const owner = this.ownerOf(attempt);
        attempt.link = new Link(this.context, parties, result.keys, attempt.socket, owner);
        attempt.socket.send(result.proof);
      },
      onClosed: () => this.giveUp(attempt, "hello-closed"),
    });
    attempt.socket.send(hello.offer);
  }

  private ownerOf(attempt: Attempt): LinkOwner {
    return {
      onConfirmed: (link) => {
        attempt.cancelDeadline();
        attempt.linkedAtMs = this.context.clock.monotonicMs();
        this.owner.onConfirmed(link);
      },
      onPacket: (link, packet) => this.owner.onPacket(link, packet),
      onClosed: (link) => {
        this.giveUp(attempt, attempt.linkedAtMs === null ? "hello-closed" : null);
        this.owner.onClosed(link);
      },
    };
  }

  /** Ends an attempt and plans the next. */
  private giveUp(attempt: Attempt, reason: LinkRejectReason | null): void {
    if (attempt.isOver) return;
    attempt.isOver = true;
    attempt.cancelDeadline();
    if (reason !== null) this.count(reason);
    attempt.link?.close(null);
    attempt.socket.destroy();
    this.attempt = null;
    if (!this.isStopped) this.planRedial(attempt);
  }

  private planRedial({ linkedAtMs }: Attempt): void {
    const { clock } = this.context;
    const wasStable = linkedAtMs !== null && clock.monotonicMs() - linkedAtMs >= stableLinkMs;
    if (wasStable) this.redialMs = redialMsMin;
    const delayMs = this.redialMs * (0.5 + this.target.prng.fraction() / 2);
    this.redialMs = Math.min(this.redialMs * 2, redialMsMax);
    this.cancelRedial = clock.after(delayMs, () => this.dial());
  }

  private count(reason: LinkRejectReason): void {
    this.context.rejects.count(reason, { peer: peerKey(this.target.peer) });
  }
}
