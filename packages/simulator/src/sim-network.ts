/** Links between simulated processes: delay, loss, duplication, reordering, partitions. */
import { type PeerId, peerKey, type Transport, type TransportEvents } from "@quorate/ports";
import type { World } from "./world.ts";

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

interface Endpoint {
  readonly id: PeerId;
  readonly events: TransportEvents;
  isPaused: () => boolean;
}

export class SimNetwork {
  faults: NetworkFaults = calmNetwork;
  packetsDelivered = 0;
  private readonly world: World;
  private readonly endpoints = new Map<string, Endpoint>();
  /** Directions that let nothing through: `from>to`. */
  private readonly blocked = new Set<string>();
  /** When the last packet of each direction arrives: keeps order where nothing reorders. */
  private readonly lastArrival = new Map<string, number>();

  constructor(world: World) {
    this.world = world;
  }

  /** A process joins; every other one sees its link come up. */
  transportFor(id: PeerId, events: TransportEvents, isPaused: () => boolean): Transport {
    const key = peerKey(id);
    const endpoint: Endpoint = { id, events, isPaused };
    return {
      start: () => {
        this.endpoints.set(key, endpoint);
        for (const other of this.othersOf(id)) {
          this.notify(other, (peer) => peer.events.onLinkUp(id));
          this.notify(endpoint, (self) => self.events.onLinkUp(other.id));
        }
        return Promise.resolve();
      },
      stop: () => Promise.resolve(this.leave(id, true)),
      send: (to, packet) => this.send(endpoint, to, packet),
      bytesWaiting: () => 0,
      linked: () => this.othersOf(id).map((other) => other.id),
      rejects: () => new Map(),
    };
  }

  /** A process is gone. Its peers see the socket close, unless the machine died with it. */
  leave(id: PeerId, isSeen: boolean): void {
    if (!this.endpoints.delete(peerKey(id)) || !isSeen) return;
    for (const other of this.othersOf(id)) {
      this.notify(other, (peer) => peer.events.onLinkDown(id));
    }
  }

  block(from: string, to: string): void {
    this.blocked.add(`${from}>${to}`);
  }

  heal(): void {
    this.blocked.clear();
  }

  /** Links exist between members, and between members and gateways. */
  private othersOf(id: PeerId): Endpoint[] {
    const own = peerKey(id);
    return [...this.endpoints.values()].filter((other) => {
      const isMesh = id.kind === "replica" || other.id.kind === "replica";
      return isMesh && peerKey(other.id) !== own;
    });
  }

  private notify(endpoint: Endpoint, tell: (endpoint: Endpoint) => void): void {
    this.world.after(this.world.prng.between(20, 400), () => {
      if (this.endpoints.get(peerKey(endpoint.id)) !== endpoint) return;
      this.world.expectPromises();
      tell(endpoint);
    });
  }

  private send(from: Endpoint, to: PeerId, packet: Uint8Array): boolean {
    const { prng } = this.world;
    const direction = `${peerKey(from.id)}>${peerKey(to)}`;
    if (this.endpoints.get(peerKey(from.id)) !== from) return false;
    if (!this.endpoints.has(peerKey(to))) return false;
    const { loss, duplication } = this.faults;
    if (this.blocked.has(direction) || prng.chance(loss)) return true;
    this.deliver(from.id, to, direction, packet);
    if (prng.chance(duplication)) this.deliver(from.id, to, direction, packet);
    return true;
  }

  private deliver(from: PeerId, to: PeerId, direction: string, packet: Uint8Array): void {
    const { prng, nowMicros } = this.world;
    const { delayMinMicros, delayMeanMicros, reordering } = this.faults;
    const delay = delayMinMicros - Math.log(1 - prng.fraction()) * delayMeanMicros;
    let arrival = nowMicros + delay;
    if (!prng.chance(reordering)) {
      arrival = Math.max(arrival, (this.lastArrival.get(direction) ?? 0) + 1);
      this.lastArrival.set(direction, arrival);
    }
    this.arrive(from, to, direction, packet, arrival - nowMicros);
  }

  private arrive(
    from: PeerId,
    to: PeerId,
    direction: string,
    packet: Uint8Array,
    delay: number,
  ): void {
    this.world.after(delay, () => {
      const endpoint = this.endpoints.get(peerKey(to));
      if (endpoint === undefined || this.blocked.has(direction)) return;
      if (endpoint.isPaused()) return this.arrive(from, to, direction, packet, 1_000);
      this.packetsDelivered += 1;
      this.world.expectPromises();
      endpoint.events.onPacket(from, packet);
    });
  }
}
