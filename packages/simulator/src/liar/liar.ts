/**
 * A member that lies beside doing its work: it repeats what it said long ago, asks for views that
 * nobody wants, contradicts itself, and speaks for others. It holds its own key alone.
 *
 * It garbles what it sends, and what it says as the primary of a new view is not what it has
 * selected. To whoever fetches a log or a state from it, it lies by its answers (`transfer-lies`).
 *
 * It does not lie where one member's word counts by design: as the primary, about commits and
 * heartbeats; in its DoViewChange, about what it acknowledged.
 */
import type { Signer, Transport, TransportEvents } from "@quorate/ports";
import { present, type Prng, type Sha256 } from "@quorate/prelude";
import {
  asOp,
  asView,
  type ClusterConfig,
  decodeStatementHeader,
  digestClusterConfig,
  keyIdOf,
  type Message,
  signMessage,
  statementMark,
} from "@quorate/protocol";
import { falseStart, startViewIn } from "./false-start.ts";
import { TransferLiar, type TransferLie, transferLies } from "./transfer-lies.ts";
import type { World } from "../world/world.ts";

export interface LiarParts {
  readonly world: World;
  readonly prng: Prng;
  readonly config: ClusterConfig;
  readonly index: number;
  readonly signer: Signer;
  readonly sha256: Sha256;
  /** The newest view and op of the liar's own core. */
  place(): { readonly view: number; readonly op: number };
}

/** Packets that it remembers, to repeat them. */
const rememberedMax = 256;
const viewJumpMax = 1_000_000;

/** Of the packets that follow, at most so many leave garbled. */
const garbledMax = 8;
const falseStartChance = 0.3;

/** It lies about logs and states for about so long. */
const transferLieMeanMicros = 1_500_000;

const packetLies = [
  "replay",
  "flip",
  "vote",
  "proof",
  "forged-proof",
  "prepareOk",
  "stranger",
  "answers",
  "garble",
  "root",
] as const;
type PacketLie = (typeof packetLies)[number];
const isPacketLie = (lie: PacketLie | TransferLie): lie is PacketLie =>
  packetLies.some((each) => each === lie);

export class Liar {
  readonly index: number;
  private readonly parts: LiarParts;
  private readonly remembered: Uint8Array[] = [];
  private readonly transfer: TransferLiar;
  private transport: Transport | null = null;
  /** Packets that will still leave garbled. */
  private garbling = 0;

  constructor(parts: LiarParts) {
    const { prng, config, sha256 } = parts;
    this.parts = parts;
    this.index = parts.index;
    this.transfer = new TransferLiar({
      prng,
      config,
      sha256,
      say: (message, view) => this.say(message, view),
    });
  }

  /** From now on it does its work and no more. */
  reform(): void {
    this.transfer.end();
  }

  /** The member's links: what it sends is remembered. */
  listenTo(transport: Transport): Transport {
    this.transport = transport;
    return {
      start: () => transport.start(),
      stop: () => transport.stop(),
      bytesWaiting: (to) => transport.bytesWaiting(to),
      linked: () => transport.linked(),
      rejects: () => transport.rejects(),
      send: (to, packet) => {
        if (to.kind !== "replica") return transport.send(to, packet);
        this.remember(packet);
        const twisted = this.transfer.twisted(packet, this.parts.world.nowMicros);
        return twisted === null ? true : transport.send(to, this.tamperedWith(twisted));
      },
    };
  }

  /** What its core hears: nothing of its own lies, which would end it by rule S12. */
  deafened(events: TransportEvents): TransportEvents {
    return {
      onPacket: (from, packet) => {
        // What gateways send may be no statement at all.
        const isOwnLie = from.kind === "replica" && isReminder(packet);
        if (!isOwnLie) events.onPacket(from, packet);
      },
      onLinkUp: (peer) => events.onLinkUp(peer),
      onLinkDown: (peer) => events.onLinkDown(peer),
    };
  }

  /** One lie, to one member or to all; or a while of lies to whoever fetches from it. */
  lie(prng: Prng): void {
    const { world, index, config } = this.parts;
    const kind = prng.pick<PacketLie | TransferLie>([...packetLies, ...transferLies]);
    if (!isPacketLie(kind)) {
      world.fault(`r${index}`, `lie: ${kind}`);
      const micros = prng.exponential(transferLieMeanMicros);
      return this.transfer.begin(kind, world.nowMicros + micros);
    }
    const packet = this.packetFor(kind, prng);
    if (packet === null) return;
    world.fault(`r${index}`, `lie: ${kind}`);
    const others = config.members.map((_, member) => member).filter((member) => member !== index);
    const targets = prng.chance(0.5) ? others : [prng.pick(others)];
    for (const member of targets) {
      this.transport?.send({ kind: "replica", index: member }, packet);
    }
  }

  /** What leaves in the place of what its core says. */
  private tamperedWith(packet: Uint8Array): Uint8Array {
    const { prng } = this.parts;
    if (this.garbling > 0 && prng.chance(0.5)) {
      this.garbling -= 1;
      return flipped(packet, prng);
    }
    const start = startViewIn(packet);
    if (start === null || !prng.chance(falseStartChance)) return packet;
    const { world, index, sha256 } = this.parts;
    world.fault(`r${index}`, "lie: start");
    return this.say(falseStart(start.message, sha256), start.view);
  }

  private packetFor(kind: PacketLie, prng: Prng): Uint8Array | null {
    const { index, config } = this.parts;
    const { view, op } = this.parts.place();
    const higher = view + prng.between(1, prng.pick([1, 2, 3, viewJumpMax]));
    switch (kind) {
      case "replay":
        return this.recall(prng);
      case "flip":
        return flippedOf(this.recall(prng), prng);
      case "vote":
        return this.say({ command: "startViewChange" }, higher);
      case "proof": {
        const vote = this.say({ command: "startViewChange" }, higher);
        return this.say({ command: "viewProof", votes: config.members.map(() => vote) }, higher);
      }
      case "forged-proof": {
        const vote = { command: "startViewChange" } as const;
        const votes = config.members.map((_, member) => this.say(vote, higher, member));
        return this.say({ command: "viewProof", votes }, higher);
      }
      case "garble":
        this.garbling = prng.between(1, garbledMax);
        return null;
      case "prepareOk": {
        const named = asOp(Math.max(1, op + prng.between(-3, 3)));
        return this.say({ command: "prepareOk", op: named, headerHash: prng.bytes(32) }, view);
      }
      case "stranger":
        return this.say(
          { command: "startViewChange" },
          higher,
          (index + 1) % config.members.length,
        );
      case "root": {
        const reached = asOp(Math.max(1, op - prng.below(3)));
        const [headHash, stateRoot] = [prng.bytes(32), prng.bytes(32)];
        return this.say({ command: "checkpoint", op: reached, headHash, stateRoot }, view);
      }
      case "answers":
        return this.say(this.unasked(op, prng), view);
    }
  }

  /** An answer to a question that nobody put. */
  private unasked(op: number, prng: Prng): Message {
    const head = { op: asOp(op + 1), hash: prng.bytes(32) };
    return prng.pick<Message>([
      { command: "recoveryResponse", nonce: prng.bytes(16), head, commit: asOp(op) },
      { command: "newState", nonce: prng.below(100), headers: [], checkpoint: null },
      { command: "entries", nonce: prng.below(100), headers: [] },
      { command: "rejectClock", op: asOp(op + 1), aheadMicros: 1_000_000 },
    ]);
  }

  private say(message: Message, view: number, sender: number = this.parts.index): Uint8Array {
    const { config, signer, sha256 } = this.parts;
    const { clusterId, epoch } = config;
    const configDigest = digestClusterConfig(config, sha256);
    const named = present(config.members[sender]);
    const as = {
      role: "replica",
      sender,
      keyId: keyIdOf(named.publicKey, sha256),
      incarnation: 0,
      sign: (bytes: Uint8Array) => signer.sign(bytes),
    } as const;
    return signMessage(message, { clusterId, epoch, configDigest, view: asView(view) }, as, sha256);
  }

  private remember(packet: Uint8Array): void {
    const { prng } = this.parts;
    if (this.remembered.length < rememberedMax) this.remembered.push(packet);
    else if (prng.chance(0.05)) this.remembered[prng.below(rememberedMax)] = packet;
  }

  private recall(prng: Prng): Uint8Array | null {
    return this.remembered.length === 0 ? null : prng.pick(this.remembered);
  }
}

function flippedOf(packet: Uint8Array | null, prng: Prng): Uint8Array | null {
  return packet === null ? null : flipped(packet, prng);
}

function flipped(packet: Uint8Array, prng: Prng): Uint8Array {
  const copy = packet.slice();
  const at = prng.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << prng.below(8));
  return copy;
}

function isReminder(packet: Uint8Array): boolean {
  return packet[0] === statementMark && decodeStatementHeader(packet).command === "remembered";
}
