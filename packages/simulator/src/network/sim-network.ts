/** Links between simulated processes: delay, loss, duplication, reordering, partitions, clogs. */
import type { PeerId, Transport, TransportEvents } from "@quorate/ports";
import { membersMax } from "@quorate/protocol";
import type { World } from "../world/world.ts";

export interface NetworkFaults {
  /** One way, in microseconds. */
  readonly delayMinMicros: number;
  readonly delayMeanMicros: number;
  /** Probability that a packet is lost, that it comes twice, that it may overtake others. */
  readonly loss: number;
  readonly duplication: number;
  readonly reordering: number;
}

export const calmNetwork: NetworkFaults = {
  delayMinMicros: 50,
  delayMeanMicros: 150,
  loss: 0,
  duplication: 0,
  reordering: 0,
};

/** `blocked`: nothing arrives. `clogged`: what arrives waits until the path is open again. */
export type PathState = "open" | "blocked" | "clogged";

/** Members and, behind them, gateways: small, so that a path is one index. */
const slotCount = 16;
/** Packets that wait on one clogged path or for one paused process; beyond it the link closes. */
const heldMax = 4_096;
/** Between two attempts to link again, in microseconds. */
const redialMicros = 100_000;
/** A machine that died without a word is noticed after this long at most. */
const silenceMicros = 3_000_000;

/** One connection. Each end holds it for as long as it takes it for open. */
interface Link {
  /** When the last packet of each direction arrives: keeps order where nothing reorders. */
  readonly lastArrival: [toHigher: number, toLower: number];
}

interface Endpoint {
  readonly id: PeerId;
  readonly slot: number;
  readonly events: TransportEvents;
  /** By the peer's slot. */
  readonly links: (Link | null)[];
}

interface Packet {
  readonly link: Link;
  readonly from: Endpoint;
  readonly toSlot: number;
  readonly bytes: Uint8Array;
}

export class SimNetwork {
  faults: NetworkFaults = calmNetwork;
  packetsDelivered = 0;
  private readonly world: World;
  private readonly endpoints: (Endpoint | null)[] = filled(slotCount, () => null);
  private readonly paths: PathState[] = filled(slotCount * slotCount, () => "open");
  /** Paths on which nothing arrives, whatever their state becomes meanwhile. */
  private readonly isWalled: boolean[] = filled(slotCount * slotCount, () => false);
  private readonly isPaused: boolean[] = filled(slotCount, () => false);
  /** What waits, by path and, behind the paths, by paused process. */
  private readonly held = new Map<number, Packet[]>();

  constructor(world: World) {
    this.world = world;
  }

  /** A process joins; links to the others come up soon. */
  transportFor(id: PeerId, events: TransportEvents): Transport {
    const links = filled<Link | null>(slotCount, () => null);
    const endpoint: Endpoint = { id, slot: slotOf(id), events, links };
    return {
      start: () => {
        this.endpoints[endpoint.slot] = endpoint;
        for (const other of this.peersOf(endpoint)) this.dial(endpoint, other, 0);
        return Promise.resolve();
      },
      stop: () => {
        if (this.isCurrent(endpoint)) this.leave(id, true);
        return Promise.resolve();
      },
      send: (to, packet) => this.send(endpoint, to, packet),
      bytesWaiting: () => 0,
      linked: () => (this.isCurrent(endpoint) ? this.linkedTo(endpoint) : []),
      rejects: () => new Map(),
    };
  }

  /** A process is gone. Its peers see the socket close, or hear nothing for a long while. */
  leave(id: PeerId, isSeen: boolean): void {
    const gone = this.endpoints[slotOf(id)];
    if (gone === null || gone === undefined) return;
    this.endpoints[gone.slot] = null;
    this.release(pausedKey(gone.slot));
    for (const other of this.peersOf(gone)) {
      const link = other.links[gone.slot] ?? null;
      if (link === null) continue;
      const { prng } = this.world;
      const noticed = isSeen ? prng.between(20, 400) : prng.between(500_000, silenceMicros);
      this.world.after(noticed, () => this.dropAt(other, gone.slot, link));
    }
  }

  /** The path from one process to another, in this direction alone. */
  setPath(from: PeerId, to: PeerId, state: PathState): void {
    const path = pathOf(slotOf(from), slotOf(to));
    this.paths[path] = state;
    if (state !== "clogged") this.release(path);
  }

  /** Nothing passes between two processes until all walls are taken down, whatever heals. */
  buildWall(left: PeerId, right: PeerId): void {
    this.isWalled[pathOf(slotOf(left), slotOf(right))] = true;
    this.isWalled[pathOf(slotOf(right), slotOf(left))] = true;
  }

  takeWallsDown(): void {
    this.isWalled.fill(false);
  }

  heal(): void {
    this.paths.fill("open");
    for (const key of this.held.keys()) if (key < pausedKey(0)) this.release(key);
  }

  /** What arrives for a stopped process waits in its sockets. */
  setPaused(id: PeerId, isPaused: boolean): void {
    const slot = slotOf(id);
    this.isPaused[slot] = isPaused;
    if (!isPaused) this.release(pausedKey(slot));
  }

  /** One end takes the link for dead; the other believes in it for a while longer. */
  halfOpen(at: PeerId, peer: PeerId, micros: number): void {
    const [end, other] = [this.endpoints[slotOf(at)] ?? null, this.endpoints[slotOf(peer)] ?? null];
    const link = end?.links[slotOf(peer)] ?? null;
    if (end === null || other === null || link === null) return;
    this.dropAt(end, other.slot, link);
    this.world.after(micros, () => {
      this.dropAt(other, end.slot, link);
      this.dial(end, other, redialMicros);
    });
  }

  private peersOf(endpoint: Endpoint): Endpoint[] {
    const isPeer = (other: Endpoint | null): other is Endpoint =>
      other !== null &&
      other !== endpoint &&
      (endpoint.id.kind === "replica" || other.id.kind === "replica");
    return this.endpoints.filter(isPeer);
  }

  private linkedTo({ links }: Endpoint): PeerId[] {
    const peers: PeerId[] = [];
    for (let slot = 0; slot < slotCount; slot++) {
      if (links[slot] !== null) peers.push(peerAt(slot));
    }
    return peers;
  }

  private isCurrent(endpoint: Endpoint): boolean {
    return this.endpoints[endpoint.slot] === endpoint;
  }

  private dial(left: Endpoint, right: Endpoint, waitMicros: number): void {
    this.world.after(waitMicros + this.world.prng.between(20, 400), () => this.link(left, right));
  }

  private link(left: Endpoint, right: Endpoint): void {
    if (!this.isCurrent(left) || !this.isCurrent(right)) return;
    const known = left.links[right.slot] ?? null;
    if (known !== null && known === right.links[left.slot]) return;
    if (!this.canDial(left.slot, right.slot)) return this.dial(left, right, redialMicros);
    const link: Link = { lastArrival: [0, 0] };
    for (const [end, peer] of [
      [left, right],
      [right, left],
    ] as const) {
      const stale = end.links[peer.slot] ?? null;
      if (stale !== null) this.dropAt(end, peer.slot, stale);
      end.links[peer.slot] = link;
    }
    for (const [end, peer] of [
      [left, right],
      [right, left],
    ] as const) {
      this.expectPromises(end);
      if (end.links[peer.slot] === link) end.events.onLinkUp(peer.id);
    }
  }

  private canDial(left: number, right: number): boolean {
    if (this.isPaused[left] === true || this.isPaused[right] === true) return false;
    return [pathOf(left, right), pathOf(right, left)].every((at) => this.stateOf(at) === "open");
  }

  private stateOf(path: number): PathState {
    return this.isWalled[path] === true ? "blocked" : (this.paths[path] ?? "open");
  }

  /** This end takes the link for dead, if it still is its link. */
  private dropAt(end: Endpoint, peerSlot: number, link: Link): void {
    if (!this.isCurrent(end) || end.links[peerSlot] !== link) return;
    end.links[peerSlot] = null;
    this.expectPromises(end);
    end.events.onLinkDown(peerAt(peerSlot));
  }

  private send(from: Endpoint, to: PeerId, bytes: Uint8Array): boolean {
    const toSlot = slotOf(to);
    const link = from.links[toSlot] ?? null;
    if (link === null || !this.isCurrent(from)) return false;
    const { loss, duplication } = this.faults;
    const { prng } = this.world;
    if (this.stateOf(pathOf(from.slot, toSlot)) === "blocked") return true;
    if (loss > 0 && prng.chance(loss)) return true;
    const packet = { link, from, toSlot, bytes };
    this.plan(packet);
    if (duplication > 0 && prng.chance(duplication)) this.plan(packet);
    return true;
  }

  private plan(packet: Packet): void {
    const { prng, nowMicros } = this.world;
    const { delayMinMicros, delayMeanMicros, reordering } = this.faults;
    let arrival = nowMicros + delayMinMicros + prng.exponential(delayMeanMicros);
    if (reordering === 0 || !prng.chance(reordering)) {
      const { lastArrival } = packet.link;
      const direction = packet.from.slot < packet.toSlot ? 0 : 1;
      arrival = Math.max(arrival, lastArrival[direction] + 1);
      lastArrival[direction] = arrival;
    }
    this.world.after(arrival - nowMicros, () => this.arrive(packet));
  }

  /** Delivers what was sent over a link that both ends still take for open. */
  private arrive(packet: Packet): void {
    const { link, from, toSlot, bytes } = packet;
    const path = pathOf(from.slot, toSlot);
    const state = this.stateOf(path);
    if (state === "blocked") return;
    if (state === "clogged") return this.hold(path, packet);
    const endpoint = this.endpoints[toSlot] ?? null;
    if (endpoint === null || endpoint.links[from.slot] !== link) return;
    if (this.isPaused[toSlot] === true) return this.hold(pausedKey(toSlot), packet);
    this.packetsDelivered += 1;
    this.world.trace.count(path * 0x1_0000_0000 + bytes.length);
    this.expectPromises(endpoint);
    endpoint.events.onPacket(from.id, bytes);
  }

  private hold(key: number, packet: Packet): void {
    const waiting = this.held.get(key) ?? [];
    this.held.set(key, waiting);
    if (waiting.length < heldMax) return void waiting.push(packet);
    const { link, from, toSlot } = packet;
    const to = this.endpoints[toSlot] ?? null;
    this.dropAt(from, toSlot, link);
    if (to === null) return;
    this.dropAt(to, from.slot, link);
    this.dial(from, to, redialMicros);
  }

  private release(key: number): void {
    const waiting = this.held.get(key) ?? [];
    this.held.delete(key);
    for (const packet of waiting) this.world.after(0, () => this.arrive(packet));
  }

  /** Only gateways have callers that wait for promises. */
  private expectPromises({ id }: Endpoint): void {
    if (id.kind === "gateway") this.world.expectPromises();
  }
}

function slotOf({ kind, index }: PeerId): number {
  return kind === "replica" ? index : membersMax + index;
}

function peerAt(slot: number): PeerId {
  if (slot < membersMax) return { kind: "replica", index: slot };
  return { kind: "gateway", index: slot - membersMax };
}

function pathOf(from: number, to: number): number {
  return from * slotCount + to;
}

function pausedKey(slot: number): number {
  return slotCount * slotCount + slot;
}

function filled<T>(length: number, make: () => T): T[] {
  return Array.from({ length }, make);
}
