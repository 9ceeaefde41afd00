/**
 * Disks that are lost or replaced by an older copy of themselves, within what the protocol can bear: of n members at most f = n - quorum are
 * lost, rotten or liars at one time, and a lost one counts until it may promise again (rule S11).
 */
import { quorumOf } from "@quorate/vsr";
import type { Prng } from "@quorate/prelude";
import type { SimReplica } from "../cluster/sim-replica.ts";
import type { FaultPlace } from "./fault-place.ts";

/** Between the copy of a disk and the day on which somebody restores it, in microseconds. */
const copyAgeMeanMicros = 2_000_000;

export class LostDisks {
  private readonly place: FaultPlace;
  /** Members that can never be relied on in this run. */
  private readonly suspects: ReadonlySet<number>;
  /** A clock may go back, and an incarnation must not: so each member loses its disk once. */
  private readonly done = new Set<number>();
  private isOver = false;

  constructor(place: FaultPlace, suspects: ReadonlySet<number>) {
    this.place = place;
    this.suspects = suspects;
  }

  /** Some member loses its disk and everything on it, if the others can take it back. */
  lose(prng: Prng): void {
    const { members } = this.place.cluster;
    const candidates = members.filter((member) => this.mayLose(member));
    if (candidates.length === 0) return;
    this.loseThat(prng.pick(candidates), prng.chance(0.8));
  }

  /** This member loses its disk, if the others can take it back. */
  loseThat(member: SimReplica, isSeen: boolean): void {
    if (this.isOver || !this.mayLose(member)) return;
    this.done.add(member.index);
    member.loseDisk(isSeen);
  }

  /** Some member's disk is copied, and later replaced by the copy: it must refuse to start on it. */
  restore(prng: Prng): void {
    const { world, cluster } = this.place;
    const candidates = cluster.members.filter((member) => this.mayLose(member));
    if (candidates.length === 0) return;
    const member = prng.pick(candidates);
    const copy = member.disk.copied();
    const isSeen = prng.chance(0.8);
    world.after(prng.exponential(copyAgeMeanMicros), () => {
      if (this.isOver || !this.mayLose(member)) return;
      this.done.add(member.index);
      member.restoreDisk(copy, isSeen);
    });
  }

  /** What was copied is restored no more. */
  end(): void {
    this.isOver = true;
  }

  private mayLose(candidate: SimReplica): boolean {
    if (this.done.has(candidate.index)) return false;
    const { members } = this.place.cluster;
    const unreliable = new Set([...this.suspects, candidate.index]);
    for (const { index, isWhole } of members) if (!isWhole) unreliable.add(index);
    return unreliable.size <= members.length - quorumOf(members.length);
  }
}
