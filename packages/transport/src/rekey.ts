/**
 * New keys for a living link: the hello's three messages, each in a sealed frame.
 *
 * A new connection would do the same but look like a dead peer to the protocol above. The dialing
 * side starts; it sees what both directions have used.
 */
import { type PeerId, peerKey } from "@quorate/ports";
import {
  type AcceptHello,
  acceptHello,
  type DialHello,
  dialHello,
  type HelloIdentity,
} from "./hello.ts";
import type { LinkKeys } from "./key-exchange.ts";
import type { LinkRejectReason } from "./link-rejects.ts";

/** What the link does at the request of its rekeying. */
export interface RekeyEffects {
  sendHello(message: Uint8Array): void;
  /** From here on seal with the new keys; the peer's new frames are expected. */
  useKeys(keys: LinkKeys): void;
  refuse(reason: LinkRejectReason): void;
}

export class Rekey {
  private readonly identity: HelloIdentity;
  private readonly peer: PeerId;
  private readonly effects: RekeyEffects;
  private dialing: DialHello | null = null;
  private accepting: AcceptHello | null = null;

  constructor(identity: HelloIdentity, peer: PeerId, effects: RekeyEffects) {
    this.identity = identity;
    this.peer = peer;
    this.effects = effects;
  }

  /** Whether messages of a hello have been exchanged and others are to come. */
  get isUnderWay(): boolean {
    return this.dialing !== null || this.accepting !== null;
  }

  /** The dialer's first step. */
  start(): void {
    this.dialing = dialHello(this.identity, this.peer);
    this.effects.sendHello(this.dialing.offer);
  }

  /** A hello message came in a frame that opened. */
  onMessage(message: Uint8Array): void {
    if (this.dialing !== null) this.onAnswer(this.dialing, message);
    else if (this.accepting !== null) this.onProof(this.accepting, message);
    else this.onOffer(message);
  }

  private onAnswer(dialing: DialHello, message: Uint8Array): void {
    this.dialing = null;
    const result = dialing.onAnswer(message);
    if (!result.ok) {
      this.effects.refuse(result.reason);
      return;
    }
    this.effects.sendHello(result.proof);
    this.effects.useKeys(result.keys);
  }

  private onOffer(message: Uint8Array): void {
    const result = acceptHello(this.identity, message);
    if (!result.ok) {
      this.effects.refuse(result.reason);
    } else if (peerKey(result.dialer) !== peerKey(this.peer)) {
      this.effects.refuse("wrong-role");
    } else {
      this.accepting = result;
      this.effects.sendHello(result.answer);
    }
  }

  private onProof(accepting: AcceptHello, message: Uint8Array): void {
    this.accepting = null;
    const result = accepting.onProof(message);
    if (result.ok) this.effects.useKeys(result.keys);
    else this.effects.refuse(result.reason);
  }
}
