/** What happens to processes and their clocks. */
import type { Prng } from "@quorate/prelude";
import { persistencePoints } from "../disk/persistence-points.ts";
import type { SimReplica } from "../cluster/sim-replica.ts";
import type { FaultPlace } from "./fault-place.ts";

const pauseMeanMicros = 1_500_000;
/** A process that is to die on its way to the disk gets this far at most. */
const pointsToLiveMax = 16;
/** A primary that flaps is cut off for about this long. */
const flapMeanMicros = 400_000;
/** The host's clock is wrong by this at most, and for about so long. */
const jumpMicrosMax = 6_000_000;
const jumpMeanMicros = 2_000_000;

export class ProcessFaults {
  private readonly place: FaultPlace;

  constructor(place: FaultPlace) {
    this.place = place;
  }

  crashOne(prng: Prng): void {
    const up = this.up();
    if (up.length > 0) prng.pick(up).crash("crash", prng.chance(0.8));
  }

  /** Some process dies at one of the next moments at which it uses its disk, or uses it so. */
  crashAtPoint(prng: Prng): void {
    const up = this.up();
    if (up.length === 0) return;
    const member = prng.pick(up);
    if (prng.chance(0.5)) member.deadlyPoint = prng.pick(persistencePoints);
    else member.pointsToLive = prng.between(1, pointsToLiveMax);
  }

  blackout(): void {
    for (const member of this.place.cluster.members) member.crash("blackout", true);
  }

  /** The acting primary dies, or nobody hears it for a moment. */
  flap(prng: Prng): void {
    const { world, cluster } = this.place;
    const primary = cluster.members.find(({ replica }) => replica?.acting != null);
    if (primary === undefined) return;
    if (prng.chance(0.5)) return primary.crash("primary crash", prng.chance(0.5));
    world.fault(primary.name, "primary pause");
    this.stop(primary, flapMeanMicros, prng);
  }

  pause(prng: Prng): void {
    const running = this.up().filter((member) => !member.isPaused);
    if (running.length === 0) return;
    const member = prng.pick(running);
    this.place.world.fault(member.name, "pause");
    this.stop(member, pauseMeanMicros, prng);
  }

  jumpClock(prng: Prng): void {
    const { world, cluster } = this.place;
    const member = prng.pick(cluster.members);
    const micros = prng.between(-jumpMicrosMax, jumpMicrosMax);
    world.fault(member.name, "clock jump", `${micros} microseconds`);
    member.skewMicros += micros;
    world.after(prng.exponential(jumpMeanMicros), () => {
      member.skewMicros = 0;
    });
  }

  private stop(member: SimReplica, meanMicros: number, prng: Prng): void {
    if (member.isPaused) return;
    member.pause();
    this.place.world.after(prng.exponential(meanMicros), () => member.resume());
  }

  private up(): SimReplica[] {
    return this.place.cluster.members.filter((member) => member.isUp);
  }
}
