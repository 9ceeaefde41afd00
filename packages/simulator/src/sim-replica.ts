/** One member that starts, crashes, pauses and starts again over the same disk. */
import type { Prng } from "@quorate/prelude";
import type { Log, Metrics, Signer } from "@quorate/ports";
import { type ClusterConfig, digestClusterConfig, genesisHash } from "@quorate/protocol";
import { nodeCrypto } from "@quorate/identity";
import type { QueueStateMachine } from "@quorate/queue";
import { createReplicaHost, type ReplicaHost } from "@quorate/runtime";
import type { Replica, VsrOptions } from "@quorate/vsr";
import { createSimClock } from "./sim-clock.ts";
import type { SimKeys } from "./sim-crypto.ts";
import { SimDisk } from "./sim-disk.ts";
import { SimJournal } from "./sim-journal.ts";
import type { SimNetwork } from "./sim-network.ts";
import type { World } from "./world.ts";

export interface SimReplicaParts {
  readonly world: World;
  readonly network: SimNetwork;
  readonly keys: SimKeys;
  readonly config: ClusterConfig;
  readonly index: number;
  readonly signer: Signer;
  readonly options: VsrOptions;
  readonly flushMicros: (prng: Prng) => number;
  createStateMachine(): QueueStateMachine;
  /** Called before a new life begins. */
  onStart(member: SimReplica): void;
  /** Called after every input that this member's core has handled. */
  onStep(member: SimReplica, replica: Replica): void;
  onFatal(member: SimReplica, cause: unknown): void;
}

const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const silentMetrics: Metrics = {
  count: () => undefined,
  gauge: () => undefined,
  observe: () => undefined,
};

export class SimReplica {
  readonly index: number;
  readonly disk = new SimDisk();
  stateMachine: QueueStateMachine | null = null;
  isPaused = false;
  skewMicros = 0;
  private readonly parts: SimReplicaParts;
  private host: ReplicaHost | null = null;
  private journal: SimJournal | null = null;
  private life = 0;

  constructor(parts: SimReplicaParts) {
    this.parts = parts;
    this.index = parts.index;
  }

  get name(): string {
    return `r${this.index}`;
  }

  get isUp(): boolean {
    return this.host !== null;
  }

  /** The core of the present life; null while it is down or reading its disk. */
  get replica(): Replica | null {
    return this.host?.replica ?? null;
  }

  start(): void {
    const { parts } = this;
    const life = ++this.life;
    const isAlive = (): boolean => this.life === life && this.host !== null;
    const prng = parts.world.prng.fork();
    this.isPaused = false;
    parts.onStart(this);
    this.journal = this.createJournal(isAlive);
    this.stateMachine = parts.createStateMachine();
    this.host = createReplicaHost({
      config: parts.config,
      index: parts.index,
      signer: parts.signer,
      crypto: parts.keys.cryptoFor(prng),
      clock: createSimClock(parts.world, {
        skewMicros: () => this.skewMicros,
        isAlive,
        isPaused: () => this.isPaused,
      }),
      journal: this.journal,
      stateMachine: this.stateMachine,
      options: parts.options,
      metrics: silentMetrics,
      log: silentLog,
      version: "simulated",
      connect: (events) => {
        const id = { kind: "replica", index: parts.index } as const;
        return parts.network.transportFor(id, events, () => this.isPaused);
      },
      onStep: (replica) => {
        if (isAlive()) parts.onStep(this, replica);
      },
      onFatal: (_, cause) => parts.onFatal(this, cause),
    });
    this.host.start().catch((error: unknown) => parts.onFatal(this, error));
    parts.world.expectPromises();
    parts.world.trace.event(parts.world.nowMicros, this.name, "start", `life ${life}`);
  }

  /** `isSeen`: the peers' sockets close; otherwise the machine is gone without a word. */
  crash(isSeen: boolean): void {
    if (this.host === null) return;
    const { world, network } = this.parts;
    world.trace.event(world.nowMicros, this.name, "crash", isSeen ? "" : "silent");
    this.journal?.crash(world.prng);
    this.host = null;
    this.journal = null;
    network.leave({ kind: "replica", index: this.index }, isSeen);
  }

  private createJournal(isAlive: () => boolean): SimJournal {
    const { world, config, index, flushMicros } = this.parts;
    const configDigest = digestClusterConfig(config, nodeCrypto.sha256);
    return new SimJournal({
      world,
      disk: this.disk,
      owner: { clusterId: config.clusterId, replica: index },
      genesis: genesisHash(configDigest, nodeCrypto.sha256),
      flushMicros,
      isAlive,
    });
  }
}
