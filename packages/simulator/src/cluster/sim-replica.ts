/** One member that starts, crashes, pauses and starts again over the same disk. */
import type {
  Clock,
  JournalFatalReason,
  PeerId,
  Signer,
  Transport,
  TransportEvents,
} from "@quorate/ports";
import { present } from "@quorate/prelude";
import type { ClusterConfig, LogPosition, Superblock } from "@quorate/protocol";
import { createQueueStateMachine, type QueueStateMachine } from "@quorate/queue";
import { createReplicaHost, MovedFolderError, type ReplicaHost } from "@quorate/runtime";
import type { Input, Replica, VsrOptions } from "@quorate/vsr";
import { alarmLog } from "./alarm-log.ts";
import type { Reject } from "../checkers/alarms.ts";
import type { Executing } from "../checkers/committed-history.ts";
import type { Promising } from "../checkers/promises.ts";
import { OutcomeDigests } from "./outcome-digests.ts";
import type { PersistencePoint, PlannedTrouble } from "../disk/persistence-points.ts";
import { createSimClock } from "../world/sim-clock.ts";
import { rejectMetrics } from "./reject-metrics.ts";
import { SimEvidence } from "../disk/sim-evidence.ts";
import type { SimKeys } from "../crypto/sim-crypto.ts";
import { SimDisk } from "../disk/sim-disk.ts";
import { SimJournal } from "../disk/sim-journal.ts";
import { newMembersDisk } from "../disk/new-members-disk.ts";
import type { SimNetwork } from "../network/sim-network.ts";
import { watchedLinks } from "../network/watched-links.ts";
import type { World } from "../world/world.ts";

export interface SimReplicaParts {
  readonly world: World;
  readonly network: SimNetwork;
  readonly keys: SimKeys;
  readonly config: ClusterConfig;
  readonly index: number;
  readonly signer: Signer;
  readonly options: VsrOptions;
  /** Mean time of one flush, in microseconds. */
  readonly flushMeanMicros: number;
  /** The most bytes of one segment of its log. */
  readonly segmentBytes: number;
  /** The member's links, and whoever stands between. */
  connect(events: TransportEvents): Transport;
  /** Called before a packet of this member's core leaves. */
  onSend(member: SimReplica, to: PeerId, packet: Uint8Array): void;
  /** The state machine of a new life, and whoever looks at what it does. */
  watched(machine: QueueStateMachine): QueueStateMachine;
  /** Called before a new life begins. */
  onStart(member: SimReplica): void;
  /** Called after every input that this member's core has handled. */
  onStep(member: SimReplica, replica: Replica, input: Input): void;
  /** The protocol says that something happened that honest members never do. */
  onAlarm(member: SimReplica, alarm: unknown, detail: unknown): void;
  /** The member has found statements that cannot stand beside each other. */
  onEvidence(member: SimReplica, name: string, record: Uint8Array): void;
  onFatal(member: SimReplica, cause: unknown): void;
  /** The process is gone, whatever it died of. */
  onDown(member: SimReplica): void;
  /** The member's next life knows nothing of the former ones. */
  onDiskLost(member: SimReplica): void;
}

const flushMicrosMin = 50;
/** Small, because every start makes a state machine; no body of the workload is longer. */
const slabBytes = 128 * 1024;

export class SimReplica implements Executing, Promising {
  readonly index: number;
  readonly name: string;
  disk: SimDisk;
  /** False from the loss of its disk until the protocol lets it promise again (rule S11). */
  isWhole = true;
  /** It runs, and stays away from the other members. */
  isCutOff = false;
  skewMicros = 0;
  /** How much slower than usual the disk is. */
  slowness = 1;
  /** Persistence points until the process dies at one. */
  pointsToLive = Infinity;
  /** The process dies when it comes to this point. */
  deadlyPoint: PersistencePoint | null = null;
  trouble: PlannedTrouble | null = null;
  /** There is no room for another segment. */
  isDiskFull = false;
  private readonly parts: SimReplicaParts;
  private readonly evidence: SimEvidence;
  private host: ReplicaHost | null = null;
  private journal: SimJournal | null = null;
  private stateMachine: QueueStateMachine | null = null;
  private outcomes = new OutcomeDigests();
  private refused = new Map<string, Reject>();
  private isStopped = false;
  private life = 0;

  constructor(parts: SimReplicaParts) {
    this.parts = parts;
    this.index = parts.index;
    const { config, index, keys, world, segmentBytes } = parts;
    this.disk = newMembersDisk(config, index, keys.sha256, world.prng, segmentBytes);
    this.name = `r${parts.index}`;
    this.evidence = new SimEvidence((name, record) => parts.onEvidence(this, name, record));
  }

  get isUp(): boolean {
    return this.host !== null;
  }

  /** What a flush takes now, on average, in microseconds. */
  get flushMicros(): number {
    return this.slowness * this.parts.flushMeanMicros;
  }

  get isPaused(): boolean {
    return this.isStopped;
  }

  /** The core of the present life; null while it is down or reading its disk. */
  get replica(): Replica | null {
    return this.host?.replica ?? null;
  }

  /** Statements that the present life has refused: one of each peer and reason. */
  get rejects(): readonly Reject[] {
    return this.isUp ? [...this.refused.values()] : [];
  }

  get durable(): Superblock | null {
    return this.journal?.durable ?? null;
  }

  isOnDisk(position: LogPosition): boolean {
    return this.journal?.isOnDisk(position) ?? false;
  }

  outcomesOf(op: number): number {
    return this.outcomes.take(op);
  }

  stateDigest(): Uint8Array {
    return present(this.stateMachine).stateDigest();
  }

  start(): void {
    const { parts } = this;
    const life = ++this.life;
    const isAlive = (): boolean => this.life === life && this.host !== null;
    this.resume();
    parts.onStart(this);
    const clock = createSimClock(parts.world, {
      skewMicros: () => this.skewMicros,
      isAlive,
      isPaused: () => this.isStopped,
      hasPromises: false,
    });
    this.outcomes = new OutcomeDigests();
    this.refused = new Map();
    this.stateMachine = this.outcomes.watch(
      parts.watched(createQueueStateMachine({ sha256: parts.keys.sha256, slabBytes })),
    );
    this.journal = this.createJournal(clock);
    this.host = this.createHost(clock, this.journal, this.stateMachine, isAlive);
    this.host.start().catch((error: unknown) => this.onRefusedStart(error));
    parts.world.expectPromises();
    parts.world.trace.event(parts.world.nowMicros, this.name, "start", `life ${life}`);
  }

  /** `isSeen`: the peers' sockets close; otherwise the machine is gone without a word. */
  crash(kind: string, isSeen: boolean): void {
    if (this.host === null) return;
    const { world, network, index } = this.parts;
    world.fault(this.name, kind, isSeen ? "" : "silent");
    this.journal?.die();
    this.disk.crash(world.prng);
    this.host = null;
    this.journal = null;
    this.pointsToLive = Infinity;
    this.deadlyPoint = null;
    this.trouble = null;
    this.resume();
    network.leave({ kind: "replica", index }, isSeen);
    this.parts.onDown(this);
  }

  /** Everything that it remembers is gone; its next life begins on an empty disk. */
  loseDisk(isSeen: boolean): void {
    const { world, keys, segmentBytes } = this.parts;
    world.fault(this.name, "lost disk");
    this.crash("crash", isSeen);
    this.disk.dispose();
    this.disk = new SimDisk(keys.sha256, segmentBytes);
    this.evidence.lose();
    this.isWhole = false;
    this.parts.onDiskLost(this);
  }

  /** An older copy of its disk takes the disk's place: nothing on it may be believed. */
  restoreDisk(copy: SimDisk, isSeen: boolean): void {
    this.parts.world.fault(this.name, "old disk");
    this.crash("crash", isSeen);
    this.disk.dispose();
    this.disk = copy;
    this.isWhole = false;
  }

  /** Whoever runs it does what the refusal of a copied folder says: erases it. */
  private onRefusedStart(error: unknown): void {
    if (error instanceof MovedFolderError) this.loseDisk(true);
    else this.parts.onFatal(this, error);
  }

  /** Its clock and its disk are good again. */
  heal(): void {
    this.skewMicros = 0;
    this.slowness = 1;
    this.pointsToLive = Infinity;
    this.deadlyPoint = null;
    this.trouble = null;
    this.isDiskFull = false;
  }

  /** The process is stopped: it does nothing, and what is sent to it waits. */
  pause(): void {
    this.isStopped = true;
    this.parts.network.setPaused({ kind: "replica", index: this.index }, true);
  }

  resume(): void {
    if (!this.isStopped) return;
    this.isStopped = false;
    this.parts.network.setPaused({ kind: "replica", index: this.index }, false);
  }

  private createHost(
    clock: Clock,
    journal: SimJournal,
    stateMachine: QueueStateMachine,
    isAlive: () => boolean,
  ): ReplicaHost {
    const { parts } = this;
    return createReplicaHost({
      config: parts.config,
      index: parts.index,
      signer: parts.signer,
      crypto: parts.keys.cryptoFor(parts.world.prng.fork()),
      clock,
      journal,
      evidence: this.evidence.createStore(),
      stateMachine,
      options: parts.options,
      metrics: rejectMetrics((reject) => {
        if (isAlive()) this.refused.set(`${reject.peer} ${reject.reason}`, reject);
      }),
      log: alarmLog((alarm, detail) => parts.onAlarm(this, alarm, detail)),
      version: "simulated",
      connect: (events) =>
        watchedLinks(parts.connect(events), (...sent) => parts.onSend(this, ...sent)),
      onStep: (replica, input) => {
        if (!isAlive()) return;
        this.isWhole ||= mayPromise(replica);
        parts.onStep(this, replica, input);
      },
      onFatal: (_, cause) => parts.onFatal(this, cause),
    });
  }

  private createJournal(clock: Clock): SimJournal {
    const { world, config, index, flushMeanMicros, keys } = this.parts;
    return new SimJournal({
      world,
      disk: this.disk,
      owner: { clusterId: config.clusterId, replica: index },
      sha256: keys.sha256,
      clock,
      events: { onFatal: (reason) => this.crash(`stopped by ${reason}`, true) },
      flushMicros: () => this.slowness * (flushMicrosMin + world.prng.exponential(flushMeanMicros)),
      isKilledAt: (point) => this.isKilledAt(point),
      troubleAt: (point) => this.troubleAt(point),
    });
  }

  private isKilledAt(point: PersistencePoint): boolean {
    this.pointsToLive -= 1;
    if (this.pointsToLive > 0 && point !== this.deadlyPoint) return false;
    this.crash(`killed at ${point}`, this.parts.world.prng.chance(0.8));
    return true;
  }

  private troubleAt(point: PersistencePoint): JournalFatalReason | null {
    if (this.isDiskFull && point === "segment-created") return "disk-full";
    const { trouble } = this;
    return trouble?.points.includes(point) === true ? trouble.reason : null;
  }
}

/** It is normal in a view in which it may promise, and its disk says so. */
function mayPromise({ status, view, barredView, writing }: Replica): boolean {
  return status === "normal" && view >= barredView && writing.length === 0;
}
