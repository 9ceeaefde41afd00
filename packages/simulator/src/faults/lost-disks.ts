/**
 * Disks that are lost, within what the protocol can bear: of n members at most f = n - quorum are
 * lost, rotten or liars at one time, and a lost one counts until it may promise again (rule S11).
 */
import { quorumOf } from "@quorate/vsr";
import type { Prng } from "@quorate/prelude";
import type { SimReplica } from "../sim-replica.ts";
import type { FaultPlace } from "./fault-place.ts";

export class LostDisks {
  private readonly place: FaultPlace;
  /** Members that can never be relied on in this run. */
  private readonly suspects: ReadonlySet<number>;
  /** A clock may go back, and an incarnation must not: so each member loses its disk once. */
  private readonly done = new Set<number>();

  constructor(place: FaultPlace, suspects: ReadonlySet<number>) {
    this.place = place;
    this.suspects = suspects;
  }

  /** Some member loses its disk and everything on it, if the others can take it back. */
  lose(prng: Prng): void {
    const { members } = this.place.cluster;
    const candidates = members.filter((member) => this.mayLose(member));
    if (candidates.length === 0) return;
    const member = prng.pick(candidates);
    this.done.add(member.index);
    member.loseDisk(prng.chance(0.8));
  }

  private mayLose(candidate: SimReplica): boolean {
    if (this.done.has(candidate.index)) return false;
    const { members } = this.place.cluster;
    const unreliable = new Set([...this.suspects, candidate.index]);
    for (const { index, isWhole } of members) if (!isWhole) unreliable.add(index);
    return unreliable.size <= members.length - quorumOf(members.length);
  }
}
