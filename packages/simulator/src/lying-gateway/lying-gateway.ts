/**
 * A gateway whose key was stolen, or whose program is broken. It holds one admitted key and knows
 * what the others sign. It must not stop, split or corrupt the cluster, nor harm the calls of
 * honest gateways, nor make honest members look guilty.
 *
 * | Lie | What must hold |
 * |---|---|
 * | work | what is good is executed, in the order of its numbers, once |
 * | fork | of other operations under one number at most one is executed, the same everywhere |
 * | number | one that goes back, was used or is no number has no effect; a jump harms its session alone |
 * | replay | what was said before is executed no second time |
 * | foreign-frame | nobody acts for another gateway by what that one once sent |
 * | foreign-session | nothing is executed in the session of another gateway |
 * | foreign-nonce | the same nonce is another session, and the other gateway keeps its own |
 * | forged | nothing is executed in another's name |
 * | storm | the client table stays within its limit; only its own sessions are evicted |
 * | flood | honest gateways have room all the same, and are never told of overload |
 * | odd-operations | have an outcome that is the same everywhere, and end nobody |
 * | odd-body | a request that cannot be decoded, or has too many operations, is in no log |
 * | size | what is within the limits can be read by everybody, for ever; what is not is refused |
 * | context | what is signed for another cluster, epoch, configuration or body is refused |
 * | as-member | the word of a gateway counts for no member's |
 * | read | odd questions have answers or none, and end nobody |
 * | noise | bytes that are nothing, and notes of members, are refused |
 * | link | links that are half open, and lives that follow each other, change nothing |
 *
 * Hellos are not simulated: counters, nonces and transcripts are tested in `packages/transport`.
 */
import type { Signer, Transport, TransportEvents } from "@quorate/ports";
import { DecodeError, type Prng, type Sha256 } from "@quorate/prelude";
import { type ClusterConfig, decodeNote, type Note, noteMark } from "@quorate/protocol";
import type { World } from "../world/world.ts";
import type { Craft, Letter } from "./craft.ts";
import { GatewayAccount } from "./gateway-account.ts";
import { Overheard } from "./overheard.ts";
import { OwnSessions } from "./own-sessions.ts";
import * as packetLies from "./packet-lies.ts";
import { Pen } from "./pen.ts";
import * as sessionLies from "./session-lies.ts";
import { StolenOperations } from "./stolen-operations.ts";

/** Packets of its own that it remembers, and their bytes at most. */
const sentMax = 64;
const sentBytesMax = 8_192;
/** Lies of sizes in one run: each is megabytes, on every disk. */
const sizeLiesMax = 6;
const halfOpenMeanMicros = 800_000;
/** Without a session most lies are none. */
const registerChance = 0.7;

/** Makes a lie: what is sent to whom. */
type Maker = (craft: Craft) => readonly Letter[];

/** The lies that are packets. */
const makers: Readonly<Record<string, Maker>> = {
  work: sessionLies.work,
  fork: sessionLies.fork,
  number: sessionLies.oddNumber,
  replay: sessionLies.replay,
  "foreign-frame": sessionLies.foreignFrame,
  "foreign-session": sessionLies.foreignSession,
  "foreign-nonce": sessionLies.foreignNonce,
  forged: sessionLies.forged,
  storm: sessionLies.storm,
  flood: sessionLies.flood,
  "odd-operations": packetLies.oddOperations,
  "odd-body": packetLies.oddBody,
  size: packetLies.size,
  context: packetLies.context,
  "as-member": packetLies.asMember,
  read: packetLies.read,
  noise: packetLies.noise,
};

/** Every lie that is told, by its name in traces. */
export const gatewayLies: readonly string[] = [...Object.keys(makers), "link"];

export interface LyingGatewayParts {
  readonly world: World;
  readonly config: ClusterConfig;
  /** Its place among the gateways of the configuration. */
  readonly index: number;
  readonly signer: Signer;
  readonly sha256: Sha256;
  /** Whether members' disks have room for entries of any size. */
  readonly isGiant: boolean;
  connect(events: TransportEvents): Transport;
  /** Its link to this member is dead for one end, and the other believes in it for a while. */
  halfOpen(member: number, micros: number): void;
}

export class LyingGateway {
  readonly account: GatewayAccount;
  /** Until it is told to stop: longer than anything else goes wrong. */
  isLying = true;
  private readonly parts: LyingGatewayParts;
  private readonly pen: Pen;
  private readonly overheard = new Overheard();
  private readonly operations = new StolenOperations();
  private readonly sent: Uint8Array[] = [];
  private readonly sessions = new OwnSessions();
  private transport: Transport | null = null;
  private primary: number | null = null;
  private view = 0;
  private executed = 0;
  private sizeLies = 0;

  constructor(parts: LyingGatewayParts) {
    this.parts = parts;
    this.pen = new Pen(parts);
    this.account = new GatewayAccount(parts.sha256);
  }

  start(): void {
    const transport = this.parts.connect({
      onPacket: (from, packet) => this.hear(from.index, packet),
      onLinkUp: () => undefined,
      onLinkDown: () => undefined,
    });
    this.transport = transport;
    void transport.start();
  }

  /** An honest gateway sends this. */
  overhear(packet: Uint8Array): void {
    this.overheard.note(packet);
  }

  /** Its key is revoked, or its program mended: it says nothing any more. */
  reform(): void {
    this.isLying = false;
  }

  lie(prng: Prng): void {
    if (!this.isLying) return;
    const { world, index } = this.parts;
    const kind = this.drawn(prng);
    world.fault(`g${index}`, `gateway lie: ${kind}`);
    const make = makers[kind];
    if (make === undefined) return this.harmLink(prng);
    const { pen, account, sessions, operations, overheard, sent, primary } = this;
    const { view, executed } = this;
    const own = { pen, account, sessions, operations, overheard, sent };
    const craft = { prng, ...own, primary, view, executed };
    for (const { packet, to } of make(craft)) {
      this.remember(packet);
      for (const member of to) this.transport?.send({ kind: "replica", index: member }, packet);
    }
  }

  private drawn(prng: Prng): string {
    const kind = prng.pick(gatewayLies);
    const isEmptyHanded = this.sessions.open.length === 0 && prng.chance(registerChance);
    if (isEmptyHanded) return "storm";
    if (kind !== "size") return kind;
    this.sizeLies += 1;
    return this.parts.isGiant && this.sizeLies <= sizeLiesMax ? kind : "work";
  }

  /** Half open, or closed by a process that ends and comes back. */
  private harmLink(prng: Prng): void {
    const { parts } = this;
    if (prng.chance(0.5)) {
      const member = prng.below(parts.config.members.length);
      return parts.halfOpen(member, prng.exponential(halfOpenMeanMicros));
    }
    void this.transport?.stop();
    this.start();
  }

  private hear(member: number, packet: Uint8Array): void {
    if (packet[0] !== noteMark) return;
    const note = noteIn(packet);
    if (note === null) return;
    this.sessions.onNote(note);
    if (note.note !== "status") return;
    this.view = Math.max(this.view, note.view);
    this.executed = Math.max(this.executed, note.commit);
    if (note.isActingPrimary) this.primary = member;
    else if (this.primary === member) this.primary = null;
  }

  private remember(packet: Uint8Array): void {
    if (packet.length > sentBytesMax) return;
    this.sent.push(packet);
    if (this.sent.length > sentMax) this.sent.shift();
  }
}

/** Null when the bytes are none: an answer to what nobody should have answered. */
function noteIn(packet: Uint8Array): Note | null {
  try {
    return decodeNote(packet);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
