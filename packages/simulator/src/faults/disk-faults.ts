/** What happens to disks. */
import type { Prng } from "@quorate/prelude";
import { persistencePoints } from "../disk/persistence-points.ts";
import type { SimReplica } from "../cluster/sim-replica.ts";
import type { FaultPlace } from "./fault-place.ts";

const fullMeanMicros = 1_500_000;
const slowMeanMicros = 2_000_000;
const slownessMax = 60;

const flushes = persistencePoints.filter((point) => point.endsWith("flushed"));

export class DiskFaults {
  private readonly place: FaultPlace;
  /** Only this member's disk rots, so that every block stays readable somewhere. */
  readonly rotten: number;

  constructor(place: FaultPlace, prng: Prng) {
    this.place = place;
    this.rotten = prng.below(place.cluster.members.length);
  }

  /** A block that was promised is not what it was, on a disk whose owner may be up or down. */
  rot(prng: Prng): void {
    const { world, cluster } = this.place;
    const member = cluster.members[this.rotten];
    if (member?.disk.rot(prng, false) === true) world.fault(member.name, "rot");
  }

  /** What this member wrote last is not what it was, if its disk is the one that rots. */
  rotNewest(member: SimReplica, prng: Prng): void {
    if (member.index !== this.rotten || !member.disk.rot(prng, true)) return;
    this.place.world.fault(member.name, "rot", "newest");
  }

  /** The next flush fails: the process stops by itself. */
  refuseFlush(prng: Prng): void {
    prng.pick(this.place.cluster.members).trouble = {
      points: flushes,
      reason: "fsync-failed",
    };
  }

  /** There is no room for another segment, for a while. */
  fill(prng: Prng): void {
    const { world, cluster } = this.place;
    const member = prng.pick(cluster.members);
    world.fault(member.name, "disk full");
    member.isDiskFull = true;
    world.after(prng.exponential(fullMeanMicros), () => {
      member.isDiskFull = false;
    });
  }

  slowDown(prng: Prng): void {
    const { world, cluster } = this.place;
    const member = prng.pick(cluster.members);
    member.slowness = prng.between(2, slownessMax);
    world.fault(member.name, "slow disk", `${member.slowness} times`);
    world.after(prng.exponential(slowMeanMicros), () => {
      member.slowness = 1;
    });
  }
}
