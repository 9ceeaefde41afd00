/** A whole cluster in one thread: members, links, gateways and the checkers that watch them. */
import type { PeerId } from "@quorate/ports";
import { Prng } from "@quorate/prelude";
import type { ClusterConfig } from "@quorate/protocol";
import { type ClusterClient, createClusterClient } from "@quorate/session";
import { defaultOptions, type Input, type Replica } from "@quorate/vsr";
import { assertHonestAlarm, assertNothingRefused } from "../checkers/alarms.ts";
import { Certificates } from "../checkers/certificates.ts";
import { Checkpoints } from "../checkers/checkpoints.ts";
import { CommittedHistory } from "../checkers/committed-history.ts";
import { EvidenceCheck } from "../checkers/evidence.ts";
import { ExecutedLog } from "../histories/executed-log.ts";
import { assertBounded } from "../checkers/memory-bounds.ts";
import { FreedLogs } from "../checkers/freed-logs.ts";
import { Promises } from "../checkers/promises.ts";
import { Readmissions } from "../checkers/readmissions.ts";
import { ViewProofs } from "../checkers/view-proofs.ts";
import { Views } from "../checkers/views.ts";
import { unharmed } from "../checkers/unharmed-gateways.ts";
import { floodedSegmentBytes, giantSegmentBytes, simSegmentBytes } from "../disk/disk-format.ts";
import { Liar } from "../liar/liar.ts";
import { LyingGateway } from "../lying-gateway/lying-gateway.ts";
import { MemberTraces } from "./member-traces.ts";
import { createSimClock } from "../world/sim-clock.ts";
import { simConfig } from "./sim-config.ts";
import { SimKeys } from "../crypto/sim-crypto.ts";
import { SimNetwork } from "../network/sim-network.ts";
import { watchedLinks } from "../network/watched-links.ts";
import { SimReplica } from "./sim-replica.ts";
import type { SwarmOptions } from "../run/swarm.ts";
import type { World } from "../world/world.ts";

/** Of the runs with a gateway that lies, so many have disks with room for its largest lies. */
const giantChance = 0.25;

export class SimCluster {
  readonly network: SimNetwork;
  readonly members: readonly SimReplica[];
  readonly clients: readonly ClusterClient[];
  readonly history = new CommittedHistory();
  readonly evidence: EvidenceCheck;
  /** What is executed, in runs whose clients need it to be compared with the contract. */
  readonly executed: ExecutedLog | null;
  /** The member that lies, in runs that have one. */
  readonly liar: Liar | null;
  /** The gateway whose key was stolen, in runs that have one: it is the last one. */
  readonly lyingGateway: LyingGateway | null;
  /** Called when a process is gone. */
  onDown: (member: SimReplica) => void = () => undefined;
  /** Called before a packet of a member's core leaves. */
  onSend: (member: SimReplica, to: PeerId, packet: Uint8Array) => void = () => undefined;
  private readonly views = new Views();
  private readonly certificates = new Certificates();
  private readonly checkpoints = new Checkpoints();
  private readonly freedLogs = new FreedLogs();
  private readonly promises = new Promises();
  private readonly readmissions = new Readmissions();
  private readonly viewProofs: ViewProofs;
  private readonly traces: MemberTraces;
  private readonly world: World;
  private readonly keys: SimKeys;
  private readonly options: SwarmOptions;
  private readonly onFailure: (error: unknown) => void;
  /** The most bytes of one segment of a member's log. */
  private readonly segmentBytes: number;

  constructor(world: World, options: SwarmOptions, onFailure: (error: unknown) => void) {
    this.world = world;
    this.options = options;
    this.onFailure = onFailure;
    this.keys = new SimKeys(options.crypto);
    this.traces = new MemberTraces(world);
    this.network = new SimNetwork(world);
    const config = simConfig(options, world.prng.bytes(32), (name) => {
      return this.keys.signerFor(name).publicKey;
    });
    const crypto = this.keys.cryptoFor(new Prng(0));
    this.viewProofs = new ViewProofs(config, (...signed) => crypto.verify(...signed));
    this.liar = options.faults.liar === undefined ? null : this.createLiar(config);
    this.evidence = this.createEvidenceCheck(config);
    const hasLyingGateway = options.faults["gateway-lie"] !== undefined;
    const isGiant = hasLyingGateway && world.prng.chance(giantChance);
    const flooded = isGiant ? giantSegmentBytes : floodedSegmentBytes;
    this.segmentBytes = hasLyingGateway ? flooded : simSegmentBytes;
    this.executed = options.administrators > 0 || hasLyingGateway ? new ExecutedLog() : null;
    this.members = config.members.map((_, index) => this.createMember(config, index));
    this.lyingGateway = hasLyingGateway ? this.createLyingGateway(config, isGiant) : null;
    const honest = config.gateways.slice(0, options.gatewayCount);
    this.clients = honest.map((_, index) => this.createClient(config, index));
  }

  start(): void {
    for (const member of this.members) member.start();
    for (const client of this.clients) void client.start();
    this.lyingGateway?.start();
  }

  /** The run is over. */
  dispose(): void {
    for (const member of this.members) member.disk.dispose();
  }

  /** Every member that is not away is normal in one view, may promise, and has executed the same. */
  hasConverged(away: ReadonlySet<SimReplica>): boolean {
    const there = this.members.filter((member) => !away.has(member));
    if (there.some(({ isWhole }) => !isWhole)) return false;
    const replicas = there.map((member) => member.replica);
    const [first] = replicas;
    return replicas.every(
      (replica) =>
        replica?.status === "normal" &&
        replica.view === first?.view &&
        replica.executed === first.executed &&
        replica.log.headOp === replica.executed,
    );
  }

  /** What is looked at once, when everything is over. Throws Violation. */
  assertEqualStates(): void {
    for (const member of this.members) {
      this.history.compareState(member, member.replica?.executed ?? 0);
      if (this.liar === null) assertNothingRefused(member.name, member.rejects, this.suspects);
    }
  }

  /** Peers whose statements may be refused. */
  private get suspects(): ReadonlySet<string> {
    const { gatewayCount } = this.options;
    return new Set(this.lyingGateway === null ? [] : [`gateway-${gatewayCount}`]);
  }

  private createMember(config: ClusterConfig, index: number): SimReplica {
    const { world, network, keys, options } = this;
    return new SimReplica({
      world,
      network,
      keys,
      config,
      index,
      signer: keys.signerFor(`r${index}`),
      options: {
        ...defaultOptions,
        preparesInFlightMax: options.preparesInFlightMax,
        heartbeatTicks: options.heartbeatTicks,
      },
      flushMeanMicros: options.flushMeanMicros[index] ?? 500,
      segmentBytes: this.segmentBytes,
      watched: (machine) => this.executed?.watch(machine) ?? machine,
      onStart: () => {
        this.history.onStart(index);
        this.checkpoints.onStart(index);
      },
      onStep: (member, replica, input) => this.check(member, replica, input),
      connect: (events) => {
        const id = { kind: "replica", index } as const;
        if (this.liar?.index !== index) return network.transportFor(id, events);
        return this.liar.listenTo(network.transportFor(id, this.liar.deafened(events)));
      },
      onSend: (member, to, packet) => {
        this.attempt(() => this.promises.onSend(member, packet));
        this.onSend(member, to, packet);
      },
      onAlarm: (member, alarm, detail) => {
        if (this.liar !== null) return;
        this.attempt(() => assertHonestAlarm(member.name, alarm, detail));
      },
      onEvidence: (member, name, record) => {
        this.attempt(() => this.evidence.onKept(member.name, name, record));
      },
      onFatal: (_, cause) => this.onFailure(cause),
      onDown: (member) => this.onDown(member),
      onDiskLost: (member) => {
        this.views.forget(member.index);
        this.readmissions.onLoss(member.index, this.history.length);
      },
    });
  }

  private createEvidenceCheck(config: ClusterConfig): EvidenceCheck {
    // It draws nothing: judging is verifying.
    return new EvidenceCheck(config, this.keys.cryptoFor(new Prng(0)), this.liar?.index ?? null);
  }

  private createLiar(config: ClusterConfig): Liar {
    const { world, keys } = this;
    const prng = world.prng.fork();
    const index = prng.below(config.members.length);
    return new Liar({
      world,
      prng,
      config,
      index,
      signer: keys.signerFor(`r${index}`),
      sha256: keys.sha256,
      place: () => {
        const replica = this.members[index]?.replica ?? null;
        return { view: replica?.view ?? 0, op: replica?.log.headOp ?? 0 };
      },
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
        hasPromises: true,
      }),
      log: { debug: silent, info: silent, warn: silent, error: silent },
      connect: (events) => {
        const id = { kind: "gateway", index } as const;
        const { lyingGateway } = this;
        if (lyingGateway === null) return network.transportFor(id, events);
        const heard = unharmed(`g${index}`, events, this.onFailure);
        return watchedLinks(network.transportFor(id, heard), (_, packet) => {
          lyingGateway.overhear(packet);
        });
      },
    });
  }

  private createLyingGateway(config: ClusterConfig, isGiant: boolean): LyingGateway {
    const { world, network, keys } = this;
    const index = config.gateways.length - 1;
    const id = { kind: "gateway", index } as const;
    return new LyingGateway({
      world,
      config,
      index,
      isGiant,
      signer: keys.signerFor(`g${index}`),
      sha256: keys.sha256,
      connect: (events) => network.transportFor(id, events),
      halfOpen: (member, micros) => {
        network.halfOpen(id, { kind: "replica", index: member }, micros);
      },
    });
  }

  private check(member: SimReplica, replica: Replica, input: Input): void {
    const { index } = member;
    this.traces.onStep(index, replica);
    try {
      this.history.onStep(member, replica);
      this.views.onStep(index, replica);
      this.viewProofs.onStep(index, replica);
      this.certificates.onStep(index, replica);
      this.promises.onStep(member, replica);
      this.readmissions.onStep(index, replica);
      this.checkpoints.onStep(member, replica);
      this.freedLogs.onStep(member, replica);
      if (input.kind !== "tick") return;
      assertBounded(replica);
      this.checkpoints.assertFreed(member, replica);
    } catch (error) {
      this.onFailure(error);
    }
  }

  private attempt(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.onFailure(error);
    }
  }
}
