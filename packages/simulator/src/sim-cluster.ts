/** A whole cluster in one thread: members, links, gateways and the checkers that watch them. */
import { nodeCrypto } from "@quorate/identity";
import { present } from "@quorate/prelude";
import { asEpoch, type ClusterConfig } from "@quorate/protocol";
import { createQueueStateMachine } from "@quorate/queue";
import { type ClusterClient, createClusterClient } from "@quorate/session";
import { defaultOptions, type Replica } from "@quorate/vsr";
import { CommittedHistory } from "./checkers/committed-history.ts";
import { Views } from "./checkers/views.ts";
import { createSimClock } from "./sim-clock.ts";
import { SimKeys } from "./sim-crypto.ts";
import { SimNetwork } from "./sim-network.ts";
import { SimReplica } from "./sim-replica.ts";
import type { SwarmOptions } from "./swarm.ts";
import type { World } from "./world.ts";

export class SimCluster {
  readonly network: SimNetwork;
  readonly members: readonly SimReplica[];
  readonly clients: readonly ClusterClient[];
  readonly history: CommittedHistory;
  readonly views = new Views();
  private readonly world: World;
  private readonly shown = new Map<string, string>();
  private readonly keys = new SimKeys();
  private readonly options: SwarmOptions;
  private readonly onFailure: (error: unknown) => void;

  constructor(world: World, options: SwarmOptions, onFailure: (error: unknown) => void) {
    this.world = world;
    this.options = options;
    this.onFailure = onFailure;
    this.network = new SimNetwork(world);
    const config = this.createConfig();
    this.members = config.members.map((_, index) => this.createMember(config, index));
    this.clients = config.gateways.map((_, index) => this.createClient(config, index));
    this.history = new CommittedHistory((name) => {
      const member = present(this.members.find((each) => each.name === name));
      return present(member.stateMachine).stateDigest(nodeCrypto.sha256);
    });
  }

  start(): void {
    for (const member of this.members) member.start();
    for (const client of this.clients) void client.start();
  }

  /** Every member is normal in one view and has executed the same. */
  get hasConverged(): boolean {
    const replicas = this.members.map((member) => member.replica);
    const [first] = replicas;
    return replicas.every(
      (replica) =>
        replica?.status === "normal" &&
        replica.view === first?.view &&
        replica.executed === first.executed &&
        replica.log.headOp === replica.executed,
    );
  }

  private createConfig(): ClusterConfig {
    const { replicaCount, gatewayCount, pipelineMax, checkpointOps } = this.options;
    const key = (name: string): Uint8Array => this.keys.signerFor(name).publicKey;
    return {
      clusterId: this.world.prng.bytes(32),
      epoch: asEpoch(0),
      pipelineMax,
      checkpointOps,
      checkpointBytes: 1_048_576,
      createdAtMs: 0,
      members: Array.from({ length: replicaCount }, (_, index) => ({
        id: `r${index}`,
        address: `sim://r${index}`,
        publicKey: key(`r${index}`),
        role: "voter",
      })),
      gateways: Array.from({ length: gatewayCount }, (_, index) => ({
        id: `g${index}`,
        publicKey: key(`g${index}`),
      })),
      operators: [],
      operatorThreshold: 0,
    };
  }

  private createMember(config: ClusterConfig, index: number): SimReplica {
    const { world, network, keys, options } = this;
    const mean = options.flushMeanMicros[index] ?? 500;
    return new SimReplica({
      world,
      network,
      keys,
      config,
      index,
      signer: keys.signerFor(`r${index}`),
      options: { ...defaultOptions, preparesInFlightMax: options.preparesInFlightMax },
      flushMicros: (prng) => 50 - Math.log(1 - prng.fraction()) * mean,
      createStateMachine: () => createQueueStateMachine({ sha256: nodeCrypto.sha256 }),
      onStart: (member) => this.history.onStart(member.name),
      onStep: (member, replica) => this.check(member, replica),
      onFatal: (_, cause) => this.onFailure(cause),
    });
  }

  private createClient(config: ClusterConfig, index: number): ClusterClient {
    const { world, network, keys } = this;
    const silent = (): void => undefined;
    return createClusterClient({
      config,
      gatewayIndex: index,
      signer: keys.signerFor(`g${index}`),
      crypto: keys.cryptoFor(world.prng.fork()),
      clock: createSimClock(world, {
        skewMicros: () => 0,
        isAlive: () => true,
        isPaused: () => false,
      }),
      log: { debug: silent, info: silent, warn: silent, error: silent },
      connect: (events) => network.transportFor({ kind: "gateway", index }, events, () => false),
    });
  }

  private check(member: SimReplica, replica: Replica): void {
    this.traceState(member, replica);
    try {
      this.history.onStep(member.name, replica);
      this.views.onStep(member.name, `life ${replica.identity.boot}`, replica);
    } catch (error) {
      this.onFailure(error);
    }
  }

  /** One line whenever a member's view, status or log has moved on. */
  private traceState(member: SimReplica, replica: Replica): void {
    const { view, lastNormalView, status, acting, executed, commit, log, fetch } = replica;
    const { world } = this;
    const ops = `head ${log.headOp} stored ${log.storedOp} commit ${commit} executed ${executed}`;
    const role = acting === null ? status : "primary";
    const what = fetch === null ? role : `${role}+${fetch.purpose}`;
    const detail = `view ${view}/${lastNormalView} ${ops}`;
    const line = `${what} ${detail}`;
    if (this.shown.get(member.name) === line) return;
    this.shown.set(member.name, line);
    world.trace.event(world.nowMicros, member.name, what, detail);
  }
}
