/** Makes things go wrong while the safety phase lasts, and puts everything right after it. */
import type { Prng } from "@quorate/prelude";
import type { SimCluster } from "../sim-cluster.ts";
import { calmNetwork } from "../sim-network.ts";
import type { SimReplica } from "../sim-replica.ts";
import type { SwarmOptions } from "../swarm.ts";
import type { World } from "../world.ts";
import { DiskFaults } from "./disk-faults.ts";
import { type FaultKind, faultKinds } from "./fault-kinds.ts";
import { NetworkFaults } from "./network-faults.ts";
import { ProcessFaults } from "./process-faults.ts";

/** After healing, a process that still dies is started again this soon, in microseconds. */
const restartMicros = 100_000;

export class Faults {
  private readonly world: World;
  private readonly cluster: SimCluster;
  private readonly options: SwarmOptions;
  private readonly prng: Prng;
  private readonly network: NetworkFaults;
  private readonly disks: DiskFaults;
  private readonly processes: ProcessFaults;
  private isOver = false;

  constructor(world: World, cluster: SimCluster, options: SwarmOptions) {
    this.world = world;
    this.cluster = cluster;
    this.options = options;
    this.prng = world.prng.fork();
    const place = { world, cluster };
    this.network = new NetworkFaults(place, this.prng.fork());
    this.disks = new DiskFaults(place, this.prng.fork());
    this.processes = new ProcessFaults(place, this.prng.fork());
  }

  begin(): void {
    const { cluster, options, prng } = this;
    cluster.network.faults = options.network;
    cluster.onDown = (member) => this.restart(member);
    prng.pick(cluster.members).skewMicros = options.skewMicros;
    for (const kind of faultKinds) {
      const meanMicros = options.faults[kind];
      const own = prng.fork();
      if (meanMicros !== undefined) this.every(meanMicros, own, this.causeOf(kind));
    }
  }

  /** The liveness phase: a healed network, good clocks and disks, every member up. */
  end(): void {
    const { world, cluster } = this;
    this.isOver = true;
    world.trace.event(world.nowMicros, "world", "heal", "");
    cluster.network.faults = calmNetwork;
    cluster.network.heal();
    for (const member of cluster.members) {
      member.resume();
      member.heal();
      if (!member.isUp) member.start();
    }
  }

  private causeOf(kind: FaultKind): () => void {
    switch (kind) {
      case "crash":
        return () => this.processes.crashOne();
      case "point-crash":
        return () => this.processes.crashAtPoint();
      case "blackout":
        return () => this.processes.blackout();
      case "flap":
        return () => this.processes.flap();
      case "pause":
        return () => this.processes.pause();
      case "clock-jump":
        return () => this.processes.jumpClock();
      case "liar":
        return () => this.cluster.liar?.lie();
      case "partition":
        return () => this.network.partition();
      case "ring":
        return () => this.network.ring();
      case "clog":
        return () => this.network.clog();
      case "half-open":
        return () => this.network.halfOpen();
      case "gateway-cut":
        return () => this.network.cutGateway();
      case "rot":
        return () => this.disks.rot();
      case "fsync-error":
        return () => this.disks.refuseFlush();
      case "disk-full":
        return () => this.disks.fill();
      case "slow-disk":
        return () => this.disks.slowDown();
    }
  }

  private every(meanMicros: number, prng: Prng, cause: () => void): void {
    this.world.after(prng.exponential(meanMicros), () => {
      if (this.isOver) return;
      cause();
      this.every(meanMicros, prng, cause);
    });
  }

  /** Whatever a process died of, somebody starts it again. */
  private restart(member: SimReplica): void {
    const micros = this.isOver ? restartMicros : this.prng.exponential(this.options.downMeanMicros);
    this.world.after(micros, () => {
      if (!member.isUp) member.start();
    });
  }
}
