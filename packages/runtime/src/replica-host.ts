/**
 * One member of the cluster: a core joined to its ports. One input at a time goes into the core,
 * its effects go out in order, and nothing here decides.
 */
import { type CheckpointableStateMachine, Prng } from "@quorate/prelude";
import type {
  Clock,
  Crypto,
  EvidenceStore,
  Journal,
  Log,
  Metrics,
  PeerId,
  Signer,
  Transport,
  TransportEvents,
} from "@quorate/ports";
import type { ClusterConfig, Superblock } from "@quorate/protocol";
import {
  createReplica,
  type Input,
  type Replica,
  statusNote,
  step,
  type StopReason,
  tickMs,
  type VsrOptions,
} from "@quorate/vsr";
import { admissionFor, signerFor } from "./admission.ts";
import { EvidenceDesk } from "./evidence-desk.ts";
import { openMember } from "./open-member.ts";
import { type EffectPorts, performEffect } from "./perform.ts";
import { receive } from "./receive.ts";
import { reportMetrics } from "./report.ts";
import { standingOf, StandingReporter } from "./standing.ts";
import { sendNote, StatusBoard } from "./status-board.ts";

export interface HostParts {
  readonly config: ClusterConfig;
  readonly index: number;
  /** It may still be on its way while the disk is read; nothing is written before it is there. */
  readonly signer: Signer | Promise<Signer>;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Opened after the journal. */
  readonly evidence: EvidenceStore;
  readonly stateMachine: CheckpointableStateMachine;
  readonly options: VsrOptions;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Shown to operators. */
  readonly version: string;
  /** Makes the links; they are started when the disk has been read. */
  connect(
    events: TransportEvents,
    life: Pick<Superblock, "boot" | "incarnation">,
    signer: Signer,
  ): Transport;
  /** Called after every input, with its effects performed: for checkers. */
  onStep?(replica: Replica, input: Input): void;
  /** A bug, a broken disk or a diverged state: the process must end now. */
  onFatal(reason: FatalReason, cause: unknown): void;
}

export type FatalReason = "assertion" | StopReason;

export interface ReplicaHost {
  /** Reads the disk, takes part. Rejects when the folder belongs to somebody else. */
  start(): Promise<void>;
  /** Takes part no more; the journal is closed. */
  stop(): Promise<void>;
  /** The core, for tests, checkers and probes; never written to. */
  readonly replica: Replica | null;
  /** Statements refused at admission. */
  readonly rejects: ReadonlyMap<string, number>;
}

export function createReplicaHost(parts: HostParts): ReplicaHost {
  return new Host(parts);
}

class Host implements ReplicaHost, TransportEvents {
  replica: Replica | null = null;
  readonly rejects = new Map<string, number>();
  private readonly parts: HostParts;
  private transport: Transport | null = null;
  private ports: EffectPorts | null = null;
  private desk: EvidenceDesk | null = null;
  private readonly inputs: Input[] = [];
  private isStepping = false;
  private isStopped = false;
  private readonly statusBoard = new StatusBoard();
  private readonly standings: StandingReporter;
  private hasAppended = false;
  private cancelTick: () => void = () => undefined;

  constructor(parts: HostParts) {
    this.parts = parts;
    this.standings = new StandingReporter(parts);
  }

  async start(): Promise<void> {
    const { parts } = this;
    const admission = admissionFor(parts.config, parts.crypto);
    const { journal, index } = parts;
    const [signer, opened] = await Promise.all([parts.signer, journal.open()]);
    const wallMs = Math.floor(parts.clock.wallMicros() / 1_000);
    const { superblock, entries } = await openMember(journal, opened, admission, index, wallMs);
    const evidence = await parts.evidence.open();
    if (this.isStopped) return;
    const bootSecret = parts.crypto.randomBytes(32);
    this.replica = createReplica({
      superblock,
      entries,
      admission,
      signer: signerFor({ ...parts, signer }, superblock.incarnation),
      stateMachine: parts.stateMachine,
      options: parts.options,
      prng: new Prng(seedFrom(parts.crypto.randomBytes(6))),
      bootSecret,
      bootNonce: parts.crypto.randomBytes(16),
    });
    this.desk = new EvidenceDesk(parts, this.replica.identity.admission, evidence);
    const transport = parts.connect(this, superblock, signer);
    this.transport = transport;
    this.ports = {
      ...parts,
      transport,
      dispatch: (input) => this.dispatch(input),
      onStop: (reason, detail) => this.end(reason, new Error(detail)),
    };
    await transport.start();
    const { boot, view } = superblock;
    const head = this.replica.log.headOp;
    parts.log.info("the replica has started", { version: parts.version, boot, view, head });
    this.scheduleTick();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.parts.log.info("the replica stops");
    this.cancelTick();
    await this.transport?.stop();
    await this.parts.evidence.close();
    await this.parts.journal.close();
  }

  onPacket(from: PeerId, packet: Uint8Array): void {
    const { replica } = this;
    if (replica === null || this.isStopped) return;
    const received = receive(replica.identity.admission, from, packet);
    if (received.ok) {
      if (received.input.kind === "statement") this.desk?.onAdmitted(received.input.admitted);
      return this.dispatch(received.input);
    }
    this.rejects.set(received.reason, (this.rejects.get(received.reason) ?? 0) + 1);
    const peer = `${from.kind}-${from.index}`;
    this.parts.metrics.count("quorate_statement_rejects_total", { reason: received.reason, peer });
  }

  onLinkUp(peer: PeerId): void {
    this.dispatch({ kind: "link-up", peer });
    if (peer.kind === "gateway") this.publishStatus();
  }

  onLinkDown(peer: PeerId): void {
    this.dispatch({ kind: "link-down", peer });
  }

  /** One input at a time: what arrives while the core works waits for its turn. */
  private dispatch(input: Input): void {
    if (this.isStopped || this.replica === null) return;
    this.inputs.push(input);
    if (this.isStepping) return;
    this.isStepping = true;
    try {
      for (let next = this.inputs.shift(); next !== undefined; next = this.inputs.shift()) {
        if (this.isStopped) return;
        this.run(this.replica, next);
      }
    } catch (error) {
      this.end("assertion", error);
    } finally {
      this.isStepping = false;
    }
  }

  private end(reason: FatalReason, cause: unknown): void {
    this.isStopped = true;
    this.parts.onFatal(reason, cause);
  }

  private run(replica: Replica, input: Input): void {
    const { parts, ports } = this;
    if (ports === null) return;
    for (const effect of step(replica, input, parts.clock.wallMicros())) {
      if (effect.kind === "append") this.hasAppended = true;
      performEffect(effect, ports);
      if (this.isStopped) return;
    }
    if (this.statusBoard.hasChanged(replica)) {
      this.standings.tell(standingOf(replica));
      this.publishStatus();
    }
    parts.onStep?.(replica, input);
  }

  private scheduleTick(): void {
    if (this.isStopped) return;
    this.cancelTick = this.parts.clock.after(tickMs, () => {
      if (this.replica === null) return;
      if (!this.hasAppended) this.parts.journal.idle();
      this.hasAppended = false;
      this.dispatch({ kind: "tick" });
      if (this.statusBoard.isDue(this.replica)) this.publishStatus();
      this.scheduleTick();
    });
  }

  /** Tells the gateways and the metrics where this replica stands. */
  private publishStatus(): void {
    const { replica, transport, parts } = this;
    if (replica === null || transport === null || this.isStopped) return;
    const statementRejects = [...this.rejects.values()].reduce((sum, count) => sum + count, 0);
    const fsyncMicros = parts.journal.fsyncMicrosP99();
    const fsyncMicrosP99 = fsyncMicros === null ? null : Math.round(fsyncMicros);
    const facts = { version: parts.version, fsyncMicrosP99, statementRejects };
    sendNote(transport, statusNote(replica, facts));
    reportMetrics(replica, parts.metrics);
    this.statusBoard.published(replica);
  }
}

function seedFrom(bytes: Uint8Array): number {
  return bytes.reduce((seed, byte) => seed * 256 + byte, 0);
}
