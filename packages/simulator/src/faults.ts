/** Makes things go wrong while the safety phase lasts, and puts everything right after it. */
import { peerKey } from "@quorate/ports";
import type { Prng } from "@quorate/prelude";
import type { SimNetwork } from "./sim-network.ts";
import { calmNetwork } from "./sim-network.ts";
import type { SimReplica } from "./sim-replica.ts";
import type { SwarmOptions } from "./swarm.ts";
import type { World } from "./world.ts";

export class Faults {
  private readonly world: World;
  private readonly network: SimNetwork;
  private readonly members: readonly SimReplica[];
  private readonly options: SwarmOptions;
  private readonly prng: Prng;
  /** Only this member's disk rots, so that every block stays readable somewhere. */
  private readonly rotten: number;
  private isOver = false;

  constructor(
    world: World,
    network: SimNetwork,
    members: readonly SimReplica[],
    options: SwarmOptions,
  ) {
    this.world = world;
    this.network = network;
    this.members = members;
    this.options = options;
    this.prng = world.prng.fork();
    this.rotten = this.prng.below(members.length);
  }

  begin(): void {
    const { options } = this;
    this.network.faults = options.network;
    const skewed = this.prng.pick(this.members);
    skewed.skewMicros = options.skewMicros;
    this.every(options.crashMeanMicros, () => this.crashOne());
    this.every(options.partitionMeanMicros, () => this.partition());
    this.every(options.pauseMeanMicros, () => this.pauseOne());
    this.every(options.blackoutMeanMicros, () => this.blackout());
  }

  /** The liveness phase: a healed network, good clocks, every member up. */
  end(): void {
    this.isOver = true;
    this.world.trace.event(this.world.nowMicros, "world", "heal", "");
    this.network.faults = calmNetwork;
    this.network.heal();
    for (const member of this.members) {
      member.resume();
      member.skewMicros = 0;
      if (!member.isUp) member.start();
    }
  }

  private every(meanMicros: number | null, fault: () => void): void {
    if (meanMicros === null) return;
    this.world.after(this.exponential(meanMicros), () => {
      if (this.isOver) return;
      fault();
      this.every(meanMicros, fault);
    });
  }

  private crashOne(): void {
    const up = this.members.filter((member) => member.isUp);
    if (up.length === 0) return;
    this.crash(this.prng.pick(up));
  }

  private blackout(): void {
    for (const member of this.members) this.crash(member);
  }

  private crash(member: SimReplica): void {
    if (!member.isUp) return;
    member.crash("crash", this.prng.chance(0.8));
    const rots = member.index === this.rotten && this.members.length > 2;
    if (rots && this.prng.chance(this.options.rotChance) && member.disk.rot(this.prng)) {
      this.world.trace.event(this.world.nowMicros, member.name, "rot", "");
    }
    this.world.after(this.exponential(this.options.downMeanMicros), () => {
      if (!this.isOver && !member.isUp) member.start();
    });
  }

  private pauseOne(): void {
    const member = this.prng.pick(this.members);
    if (!member.isUp || member.isPaused) return;
    this.world.fault(member.name, "pause");
    member.pause();
    this.world.after(this.exponential(2_000_000), () => {
      member.resume();
    });
  }

  /** Splits the members in two, in one direction or both; gateways stay with everyone. */
  private partition(): void {
    this.network.heal();
    const names = this.prng.shuffle(
      this.members.map(({ index }) => ({ kind: "replica", index }) as const),
    );
    const size = this.prng.between(1, Math.max(1, names.length - 1));
    const left = names.slice(0, size);
    const right = names.slice(size);
    const isOneWay = this.prng.chance(0.4);
    for (const from of left) {
      for (const to of right) {
        this.network.setPath(from, to, "blocked");
        if (!isOneWay) this.network.setPath(to, from, "blocked");
      }
    }
    this.world.trace.event(
      this.world.nowMicros,
      "world",
      "partition",
      `${left.map(peerKey).join()} ${isOneWay ? "->" : "|"} ${right.map(peerKey).join()}`,
    );
    this.world.after(this.exponential(3_000_000), () => {
      if (!this.isOver) this.network.heal();
    });
  }

  private exponential(meanMicros: number): number {
    return -Math.log(1 - this.prng.fraction()) * meanMicros;
  }
}
