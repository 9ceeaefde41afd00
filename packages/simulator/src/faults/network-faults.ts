/** What happens to links: cut, clogged, half open. */
import { type PeerId, peerKey } from "@quorate/ports";
import type { Prng } from "@quorate/prelude";
import type { PathState } from "../network/sim-network.ts";
import type { FaultPlace } from "./fault-place.ts";

const partitionMeanMicros = 2_500_000;
const clogMeanMicros = 800_000;
const halfOpenMeanMicros = 1_500_000;

/** One direction between two processes. */
type Path = readonly [from: PeerId, to: PeerId];

export class NetworkFaults {
  private readonly place: FaultPlace;
  private readonly members: readonly PeerId[];
  private readonly gateways: readonly PeerId[];

  constructor(place: FaultPlace) {
    this.place = place;
    this.members = place.cluster.members.map(({ index }) => ({ kind: "replica", index }));
    this.gateways = place.cluster.clients.map((_, index) => ({ kind: "gateway", index }));
  }

  /** Splits the members in two, in one direction or both; gateways too, or they reach all. */
  partition(prng: Prng): void {
    if (this.members.length < 2) return;
    const shuffled = prng.shuffle(this.members);
    const size = prng.between(1, shuffled.length - 1);
    const [left, right] = [shuffled.slice(0, size), shuffled.slice(size)];
    if (prng.chance(0.5))
      for (const gateway of this.gateways) prng.pick([left, right]).push(gateway);
    const isOneWay = prng.chance(0.4);
    const paths = left.flatMap((from) =>
      right.flatMap((to): Path[] => (isOneWay ? [[from, to]] : both(from, to))),
    );
    if (prng.chance(0.4)) this.noticeCut(prng, left, right);
    const text = `${left.map(peerKey).join()} ${isOneWay ? "->" : "|"} ${right.map(peerKey).join()}`;
    // What a stopped switch holds comes when it goes on.
    const state = prng.chance(0.25) ? "clogged" : "blocked";
    const meanMicros = state === "clogged" ? clogMeanMicros : partitionMeanMicros;
    this.hold(paths, state, meanMicros, "partition", text, prng);
  }

  /** One side sees its sockets close at once, the other believes in them for a while. */
  private noticeCut(prng: Prng, left: readonly PeerId[], right: readonly PeerId[]): void {
    const [seeing, believing] = prng.chance(0.5) ? [left, right] : [right, left];
    const { network } = this.place.cluster;
    for (const at of seeing) {
      for (const peer of believing) {
        network.halfOpen(at, peer, prng.exponential(halfOpenMeanMicros));
      }
    }
  }

  /** Every member hears a majority, and no two hear the same one. */
  ring(prng: Prng): void {
    const count = this.members.length;
    if (count < 3) return;
    const order = prng.shuffle(this.members);
    const paths = order.flatMap((from, at) =>
      order.flatMap((to, other): Path[] => {
        const distance = (other - at + count) % count;
        const isNear = count === 3 ? distance <= 1 : distance <= 1 || distance === count - 1;
        return isNear ? [] : [[from, to]];
      }),
    );
    this.hold(paths, "blocked", partitionMeanMicros, "ring", order.map(peerKey).join(" "), prng);
  }

  /** What is sent comes, but late and all at once. */
  clog(prng: Prng): void {
    const [left, right] = prng.shuffle([...this.members, ...this.gateways]);
    if (left === undefined || right === undefined) return;
    const paths: readonly Path[] = prng.chance(0.5) ? [[left, right]] : both(left, right);
    const text = `${peerKey(left)} ${paths.length === 1 ? "->" : "|"} ${peerKey(right)}`;
    this.hold(paths, "clogged", clogMeanMicros, "clog", text, prng);
  }

  halfOpen(prng: Prng): void {
    const { world, cluster } = this.place;
    const at = prng.pick([...this.members, ...this.gateways]);
    const peer = prng.pick(this.members);
    if (peerKey(at) === peerKey(peer)) return;
    world.fault(peerKey(at), "half-open", peerKey(peer));
    cluster.network.halfOpen(at, peer, prng.exponential(halfOpenMeanMicros));
  }

  /** A gateway reaches only some of the members. */
  cutGateway(prng: Prng): void {
    const gateway = prng.pick(this.gateways);
    const cut = this.members.filter(() => prng.chance(0.5));
    const paths = cut.flatMap((member) => both(gateway, member));
    const text = cut.map(peerKey).join();
    this.hold(paths, "blocked", partitionMeanMicros, `cut ${peerKey(gateway)}`, text, prng);
  }

  private hold(
    paths: readonly Path[],
    state: PathState,
    meanMicros: number,
    kind: string,
    detail: string,
    prng: Prng,
  ): void {
    const { world, cluster } = this.place;
    world.fault("world", kind, detail);
    for (const [from, to] of paths) cluster.network.setPath(from, to, state);
    world.after(prng.exponential(meanMicros), () => {
      for (const [from, to] of paths) cluster.network.setPath(from, to, "open");
    });
  }
}

function both(left: PeerId, right: PeerId): Path[] {
  return [
    [left, right],
    [right, left],
  ];
}
