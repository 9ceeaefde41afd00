/**
 * Members that stay away when everything else is healed, until the others have finished.
 *
 * What may be asked of the others, the core: of n members at most f = n - quorum are away or
 * unreliable, both together. Unreliable is a member whose disk was lost and that may not promise
 * again yet (rule S11), one on whose disk something has rotted, mended or not, and the liar, who
 * may have acknowledged what it never stored. So a quorum of the core is whole: it holds everything
 * that was committed and can deny what was not, and nobody who is away has a byte that is needed.
 * Then the core must answer every client, take back whoever in it is not whole, and come to one
 * state, without a word from those who are away.
 */
import type { PeerId } from "@quorate/ports";
import type { Prng } from "@quorate/prelude";
import { quorumOf } from "@quorate/vsr";
import type { SimReplica } from "../cluster/sim-replica.ts";
import type { FaultPlace } from "./fault-place.ts";

/** `down`: no process. `cut`: it hears nobody, and nobody hears it; `parted`: but gateways do. */
const ways = ["down", "down", "cut", "parted"] as const;

/** Probability that the unreliable are away rather than others. */
const unreliableFirstChance = 0.6;
/** An end of a link that was cut takes it for dead this late at most, in microseconds. */
const noticeMicrosMax = 3_000_000;

export class Absentees {
  private readonly place: FaultPlace;
  /** Members that are away. */
  readonly members = new Set<SimReplica>();
  private readonly down = new Set<SimReplica>();

  constructor(place: FaultPlace) {
    this.place = place;
  }

  /** Takes so many members away at most, and no more than the others can do without. */
  leave(prng: Prng, max: number): void {
    const { world } = this.place;
    for (const member of this.choose(prng, max)) {
      this.members.add(member);
      const way = prng.pick(ways);
      world.fault(member.name, "away", way);
      if (way === "down") this.stop(member, prng.chance(0.5));
      else this.cutOff(member, way === "cut", prng);
    }
  }

  /** Whether somebody starts the member when its process is gone. */
  mayStart(member: SimReplica): boolean {
    return !this.down.has(member);
  }

  /** Everybody is back. */
  comeBack(): void {
    const { world, cluster } = this.place;
    for (const member of this.members) {
      world.trace.event(world.nowMicros, member.name, "back", "");
      member.isCutOff = false;
    }
    this.members.clear();
    cluster.network.takeWallsDown();
    for (const member of this.down) member.start();
    this.down.clear();
  }

  private choose(prng: Prng, max: number): readonly SimReplica[] {
    const { members } = this.place.cluster;
    const borne = members.length - quorumOf(members.length);
    const isFirst = prng.chance(unreliableFirstChance);
    const unreliable = new Set(members.filter((member) => this.isUnreliable(member)));
    const shuffled = prng.shuffle(members);
    const rank = (member: SimReplica): number => (isFirst && unreliable.has(member) ? 0 : 1);
    const chosen: SimReplica[] = [];
    for (const member of shuffled.toSorted((a, b) => rank(a) - rank(b))) {
      const lacking = new Set([...unreliable, ...chosen, member]);
      if (chosen.length < max && lacking.size <= borne) chosen.push(member);
    }
    return chosen;
  }

  private isUnreliable(member: SimReplica): boolean {
    const { liar } = this.place.cluster;
    return !member.isWhole || member.disk.isHarmed || member.index === liar?.index;
  }

  private stop(member: SimReplica, isSeen: boolean): void {
    this.down.add(member);
    member.crash("crash", isSeen);
  }

  private cutOff(member: SimReplica, isFromGateways: boolean, prng: Prng): void {
    const { index } = member;
    member.isCutOff = true;
    const { world, cluster } = this.place;
    const { network, members, clients } = cluster;
    const self: PeerId = { kind: "replica", index };
    const others: PeerId[] = members.map((other) => ({ kind: "replica", index: other.index }));
    others.splice(index, 1);
    if (isFromGateways)
      for (const at of clients.keys()) others.push({ kind: "gateway", index: at });
    for (const other of others) {
      network.buildWall(self, other);
      const [end, peer] = prng.chance(0.5) ? [self, other] : [other, self];
      const [first, second] = [prng.below(noticeMicrosMax), prng.below(noticeMicrosMax)];
      world.after(first, () => network.halfOpen(end, peer, second));
    }
  }
}
