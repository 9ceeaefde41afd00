/** Makes things go wrong while the safety phase lasts, and puts everything right after it. */
import type { Prng } from "@quorate/prelude";
import type { SimCluster } from "../cluster/sim-cluster.ts";
import { calmNetwork } from "../network/sim-network.ts";
import type { SimReplica } from "../cluster/sim-replica.ts";
import type { SwarmOptions } from "../run/swarm.ts";
import type { World } from "../world/world.ts";
import { Absentees } from "./absentees.ts";
import { DiskFaults } from "./disk-faults.ts";
import {
  type FaultKind,
  type FaultName,
  type RatedFaultKind,
  timedFaultKinds,
} from "./fault-kinds.ts";
import { LostDisks } from "./lost-disks.ts";
import { NetworkFaults } from "./network-faults.ts";
import { ProcessFaults } from "./process-faults.ts";
import { kindOfHarm } from "./strike-kinds.ts";
import { Strikes } from "./strikes.ts";

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
  private readonly lostDisks: LostDisks;
  private readonly absentees: Absentees;
  /** The faults of this run so far, in order. */
  readonly happened: FaultName[] = [];
  private readonly kept: ReadonlySet<FaultName> | null;
  /** Members that stay away, and until when. */
  private readonly absences: number[] = [];
  private isOver = false;

  constructor(world: World, cluster: SimCluster, options: SwarmOptions) {
    this.world = world;
    this.cluster = cluster;
    this.options = options;
    this.prng = world.prng.fork();
    this.kept = options.keptFaults === null ? null : new Set(options.keptFaults);
    const place = { world, cluster };
    this.network = new NetworkFaults(place);
    this.disks = new DiskFaults(place, this.prng.fork());
    this.processes = new ProcessFaults(place);
    this.absentees = new Absentees(place);
    const suspects = new Set<number>();
    if (hasRot(options)) suspects.add(this.disks.rotten);
    if (cluster.liar !== null) suspects.add(cluster.liar.index);
    this.lostDisks = new LostDisks(place, suspects);
  }

  begin(): void {
    const { cluster, options, prng } = this;
    cluster.network.faults = options.network;
    cluster.onDown = (member) => this.restart(member);
    prng.pick(cluster.members).skewMicros = options.skewMicros;
    // Of their own chance, so that a kind which is added here changes no other.
    const kinds = prng.fork();
    for (const kind of timedFaultKinds) {
      const meanMicros = options.faults[kind];
      const own = kinds.fork();
      if (meanMicros !== undefined) this.plan(kind, 1, meanMicros, own);
    }
    const strikes = this.createStrikes(kinds.fork());
    cluster.onSend = (member, to, packet) => strikes.onSend(member, to, packet);
    const lieMeanMicros = options.faults["gateway-lie"];
    if (lieMeanMicros !== undefined) this.plan("gateway-lie", 1, lieMeanMicros, kinds.fork());
  }

  /** The liveness phase: a healed network, good clocks and disks, every member up that is not away. */
  end(): void {
    const { world, cluster, absentees, options } = this;
    this.isOver = true;
    world.trace.event(world.nowMicros, "world", "heal", "");
    cluster.network.faults = calmNetwork;
    cluster.network.heal();
    cluster.liar?.reform();
    this.lostDisks.end();
    for (const member of cluster.members) {
      member.resume();
      member.heal();
    }
    if (options.absentMax > 0) absentees.leave(this.prng.fork(), options.absentMax);
    for (const member of cluster.members) this.startAgain(member);
  }

  /** Members that the others have to do without, from the end of the faults on. */
  get away(): ReadonlySet<SimReplica> {
    return this.absentees.members;
  }

  /** Nobody is away any more. */
  bringBack(): void {
    this.absentees.comeBack();
  }

  private createStrikes(prng: Prng): Strikes {
    const { world, cluster, disks, lostDisks, options } = this;
    let number = 0;
    return new Strikes({
      place: { world, cluster },
      disks,
      lostDisks,
      strikes: options.strikes,
      prng,
      mayHappen: () => !this.isOver && this.isNext("strike", (number += 1)),
    });
  }

  private cause(kind: RatedFaultKind, prng: Prng): void {
    switch (kind) {
      case "crash":
        return this.processes.crashOne(prng);
      case "point-crash":
        return this.processes.crashAtPoint(prng);
      case "blackout":
        return this.processes.blackout();
      case "flap":
        return this.processes.flap(prng);
      case "pause":
        return this.processes.pause(prng);
      case "clock-jump":
        return this.processes.jumpClock(prng);
      case "absence":
        return this.beAbsent(prng);
      case "liar":
        return this.cluster.liar?.lie(prng);
      case "partition":
        return this.network.partition(prng);
      case "ring":
        return this.network.ring(prng);
      case "clog":
        return this.network.clog(prng);
      case "half-open":
        return this.network.halfOpen(prng);
      case "gateway-cut":
        return this.network.cutGateway(prng);
      case "rot":
        return this.disks.rot(prng);
      case "fsync-error":
        return this.disks.refuseFlush(prng);
      case "disk-full":
        return this.disks.fill(prng);
      case "slow-disk":
        return this.disks.slowDown(prng);
      case "lost-disk":
        return this.lostDisks.lose(prng);
      case "old-disk":
        return this.lostDisks.restore(prng);
      case "gateway-lie":
        return this.cluster.lyingGateway?.lie(prng);
    }
  }

  /** Each fault has its own chance, so that leaving one out changes no other. */
  private plan(kind: RatedFaultKind, number: number, meanMicros: number, prng: Prng): void {
    const own = prng.fork();
    this.world.after(prng.exponential(meanMicros), () => {
      if (this.isOver && !this.outlasts(kind)) return;
      if (this.isNext(kind, number)) this.cause(kind, own);
      this.plan(kind, number + 1, meanMicros, prng);
    });
  }

  /** A thief does not stop because everything else is well. */
  private outlasts(kind: RatedFaultKind): boolean {
    return kind === "gateway-lie" && this.cluster.lyingGateway?.isLying === true;
  }

  /** Whether a fault whose turn has come happens: it does, or the plan leaves it out. */
  private isNext(kind: FaultKind, number: number): boolean {
    const name: FaultName = `${kind}#${number}`;
    if (this.kept !== null && !this.kept.has(name)) return false;
    this.happened.push(name);
    return true;
  }

  /** One at a time: the others must go on. */
  private beAbsent(prng: Prng): void {
    const { world, cluster, options } = this;
    if (cluster.members.some(({ index }) => this.absentUntil(index) > world.nowMicros)) return;
    const up = cluster.members.filter((member) => member.isUp);
    if (up.length === 0) return;
    const member = prng.pick(up);
    this.absences[member.index] = world.nowMicros + prng.exponential(options.absenceMeanMicros);
    member.crash("absence", prng.chance(0.8));
  }

  private absentUntil(index: number): number {
    return this.absences[index] ?? 0;
  }

  /** Whatever a process died of, somebody starts it again. */
  private restart(member: SimReplica): void {
    const down = this.isOver ? restartMicros : this.prng.exponential(this.options.downMeanMicros);
    const absent = this.isOver ? 0 : this.absentUntil(member.index) - this.world.nowMicros;
    const micros = Math.max(down, absent);
    this.world.after(micros, () => this.startAgain(member));
  }

  private startAgain(member: SimReplica): void {
    if (!member.isUp && this.absentees.mayStart(member)) member.start();
  }
}

function hasRot({ faults, strikes }: SwarmOptions): boolean {
  const isRot = strikes.some(({ harms }) => harms.some((harm) => kindOfHarm(harm) === "rot"));
  return isRot || faults.rot !== undefined;
}
