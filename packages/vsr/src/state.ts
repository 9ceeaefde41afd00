/** The state of one replica: VRR §4, figure 2. Only this package writes to it. */
import type { CheckpointableStateMachine, Prng } from "@quorate/prelude";
import type { CarriedChange } from "@quorate/proof";
import type {
  AdmissionContext,
  CertificateSignature,
  Checkpoint,
  Command,
  CommitCertificate,
  EntryItem,
  LogBase,
  LogPosition,
  NoteOf,
  Op,
  StatementSigner,
  View,
} from "@quorate/protocol";
import { primaryOf } from "@quorate/protocol";
import type { ClientTable } from "./client-table.ts";
import type { ClockSamples } from "./clock-samples.ts";
import type { Effect, Alarm, IgnoreReason } from "./effect.ts";
import type { EntryCache } from "./entry-cache.ts";
import type { Fetch } from "./fetch.ts";
import type { Transferred } from "./free-blocks.ts";
import type { Freezing } from "./freezing.ts";
import type { Peer } from "./input.ts";
import type { StateLoad, Wanted } from "./load-state.ts";
import type { Incarnations } from "./incarnations.ts";
import type { Log } from "./log.ts";
import type { VsrOptions } from "./options.ts";
import type { Readmission } from "./readmission.ts";
import type { Remembered } from "./remembered.ts";

/**
 * `normal`: takes part in its view. `view-change`: the view has moved, the log has not followed
 * yet; also a restarted primary, whose permission to prepare is gone (rule S4). `recovering`: the
 * head is uncertain (rule S5) or the disk is lost (rule S11), so it promises nothing.
 */
export type Status = "normal" | "view-change" | "recovering";

/** What is fixed for the life of a process. */
export interface Identity {
  readonly index: number;
  readonly voterCount: number;
  readonly signer: StatementSigner;
  readonly admission: AdmissionContext;
  readonly options: VsrOptions;
  /** Jitter only. */
  readonly prng: Prng;
  /** Thirty-two secret random bytes of this process; the random of entries is made of them. */
  readonly bootSecret: Uint8Array;
  /** Names this life of the process: answers to another life are not taken (rule A5). */
  readonly bootNonce: Uint8Array;
  /** Counts the starts of this replica. */
  readonly boot: number;
}

export interface Replica {
  readonly identity: Identity;
  readonly stateMachine: CheckpointableStateMachine;
  readonly log: Log;
  readonly cache: EntryCache;
  readonly clientTable: ClientTable;

  status: Status;
  view: View;
  /** Last view in which the status was normal. Invariant: lastNormalView <= view. */
  lastNormalView: View;
  /** The votes of a quorum that moved this replica to `view`; empty in view 0. */
  viewProof: readonly Uint8Array[];
  /** This replica's DoViewChange of `view`; every one it sends is these bytes (rule A2). */
  doViewChange: Uint8Array | null;
  /** Where the log stood at the start of `view`; null until this replica is normal in it. */
  startHead: LogPosition | null;
  /** A log of `view` was refused, because it lacks what is executed here (rule A1). */
  isLogRefused: boolean;
  /** Tick at which the time of an entry of `view` was first refused; null before (rule L4). */
  clockRefusedAt: number | null;
  isHeadUncertain: boolean;
  /** The former disk is gone, with what was promised on it; the status is `recovering` (rule S11). */
  isDiskLost: boolean;
  /** Below it this replica promises nothing (rule S11); 0 for a first disk. */
  barredView: View;
  /** Answers to this life's requests for readmission that were taken. */
  readmissionsTaken: number;
  readonly incarnations: Incarnations;
  /** What peers have signed last (rule S12). */
  readonly remembered: Remembered;

  /** Newest op known to be committed. May be above the head after a cut. */
  commit: Op;
  /** Newest op executed; 0 while `isStateOpen` is false. Invariant: executed <= commit. */
  executed: Op;
  /** The state machine holds the state after `executed`: false until a checkpoint is loaded. */
  isStateOpen: boolean;
  /** The op of the checkpoint that was loaded last in this life; 0 when none was. */
  loadedOp: Op;

  /** Checkpoints of which every block is on this disk, as the superblock names them. */
  checkpoints: readonly Checkpoint[];
  /** Those that the superblock on disk names. */
  durableCheckpoints: readonly Checkpoint[];
  /** There may be blocks on the disk that no checkpoint needs any more. */
  isRetainDue: boolean;
  /** Blocks that transfers have stored since a state was entered. */
  transferred: Transferred;
  /** The newest checkpoint that was due, and what the log has grown since. */
  schedule: CheckpointSchedule;
  /**
   * Of the checkpoints that are due, those are taken that pass a multiple of so many ops. A power of
   * two; 1: all of them.
   */
  checkpointStride: number;
  /** The checkpoint that is being written, if any. */
  freezing: Freezing | null;
  /** What peers have signed of checkpoints that this replica has not written yet, by sender. */
  readonly heardCheckpoints: Map<number, readonly HeardCheckpoint[]>;
  /** The newest certificate of a checkpoint that this replica has not written yet. */
  heardCertificate: Checkpoint | null;
  /** When checkpoints without a certificate are announced again. */
  announceAt: number;
  /** The checkpoint that is being loaded, if any. */
  load: StateLoad | null;
  /** Which of the ways to open a checkpoint is tried next, counted from 0. */
  openAttempt: number;
  openAgainAt: number;

  /** Non-null exactly while this process may prepare in `view` (rule S4). */
  acting: ActingPrimary | null;
  /** Votes for `view + 1`, by sender. */
  readonly votes: Map<number, Vote>;
  /** As primary of a view that has not started: DoViewChanges of `view` alone, by sender. */
  readonly collected: Map<number, CarriedChange>;
  /** What is being fetched, if anything. */
  fetch: Fetch | null;
  /** Linearizable reads that wait for their confirmation; declined when the view is lost. */
  reads: WaitingRead[];
  /** Entries being read from the journal, by token. */
  readonly reading: Map<number, Reading>;
  /** Blocks being written to the block store, by token. */
  readonly storing: Map<number, Freezing | StateLoad>;
  /** Superblock writes under way, oldest first, with what follows each. */
  readonly writing: SuperblockWrite[];

  /** Ticks since the start of the process. */
  now: number;
  /** The primary's wall clock as given with the current input. */
  clockMicros: number;
  /** When this replica stops trusting the primary of its view. */
  viewChangeAt: number;
  /** When whatever is repeated until superseded is sent again (rule L7). */
  repeatAt: number;
  /** Views entered since this replica was last normal: backs the timeout off. */
  viewsFailed: number;
  /** When each replica last got an unasked answer about views: limits the rate. */
  readonly answeredAt: Map<number, number>;
  /** Details of the alarms that were told and are not over. */
  readonly alarmsTold: Map<Alarm, readonly string[]>;
  nextToken: number;
  effects: Effect[];
}

export interface Vote {
  readonly statement: Uint8Array;
  readonly at: number;
}

export interface SuperblockWrite {
  readonly write: number;
  readonly purpose: "view-entered" | "view-installed" | "checkpoint" | "head-uncertain";
  readonly view: View;
  /** What the superblock says of them. */
  readonly base: LogBase;
  readonly checkpoints: readonly Checkpoint[];
}

export type Reading =
  | { readonly for: "execution"; readonly positions: readonly LogPosition[] }
  | {
      readonly for: "peer";
      readonly to: Peer;
      readonly nonce: number;
      /** What is read; null for one that was not on this disk as part of the log. */
      readonly stored: readonly (LogPosition | null)[];
    }
  | { readonly for: "peer-blocks"; readonly to: Peer; readonly nonce: number }
  | { readonly for: "load"; readonly load: StateLoad; readonly wanted: readonly Wanted[] };

/** A function of the log alone, so that every replica takes its checkpoints at the same ops. */
export interface CheckpointSchedule {
  /** The newest op at which a checkpoint was due, taken or not. */
  readonly op: Op;
  /** Bytes of bodies executed since. */
  readonly bytes: number;
}

/** A signature of a checkpoint, with what it was made over. */
export interface HeardCheckpoint {
  readonly view: View;
  readonly op: Op;
  readonly headHash: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly signature: CertificateSignature;
}

/** A request that waits for its Prepare. */
export interface Waiting {
  readonly item: EntryItem;
  readonly bytes: number;
  /** Operations in it. */
  readonly operations: number;
  /** Index of the gateway that sent it; null for a member's. */
  readonly gateway: number | null;
}

/** What only an acting primary has. Gone with the view, and with the process. */
export interface ActingPrimary {
  /** The StartView of this view, sent again to whoever shows that it lacks it. */
  readonly startView: Uint8Array;
  /** StartView.op has been committed in this view (rule S6). */
  isStartCommitted: boolean;
  readonly waiting: Waiting[];
  bytesWaiting: number;
  /** Newest request of each session that waits or is in the log above `executed`. */
  readonly inFlight: Map<string, number>;
  /** The log at the start of the view is noted in `inFlight` through this op (rule A4). */
  notedOp: Op;
  /** PrepareOk signatures of this view, by op and sender; forgotten with the view (rule S7). */
  readonly acknowledgements: Map<number, Map<number, CertificateSignature>>;
  certificate: CommitCertificate | null;
  /** Per member: tick of the last PrepareOk or CommitOk in this view; null before the first. */
  readonly heardAt: (number | null)[];
  /** Per member: its newest op on disk, as far as this primary knows. */
  readonly storedOps: number[];
  /** Per member: the newest heartbeat that it confirmed. */
  readonly confirmed: number[];
  /** Number of the newest heartbeat. */
  heartbeat: number;
  heartbeatAt: number;
  readonly since: number;
  /** How far its own disk has got: the newest op that it has confirmed, and the op executed, added up. */
  progress: number;
  /** Tick at which that was news, or nothing more was awaited. */
  progressAt: number;
  /** Members with a lost disk that ask to be taken back, by index (rule S11). */
  readonly readmissions: Map<number, Readmission>;
  /** How the others' clocks stand to this one's. */
  readonly clocks: ClockSamples;
  /** Members that refused an entry for its time (rule L4). */
  readonly clockRejects: Set<number>;
  /** Newest op that carries a pulse. */
  pulseOp: number;
}

export interface WaitingRead {
  readonly from: Peer;
  readonly request: NoteOf<"readRequest">;
  /** The read reflects at least this op. */
  readonly commitAtArrival: Op;
  /** The heartbeat that confirms it; null until one was sent after its arrival. */
  heartbeat: number | null;
}

export function isPrimary(replica: Replica): boolean {
  return primaryOf(replica.identity.admission.config, replica.view) === replica.identity.index;
}

export function primaryIndex(replica: Replica, view: View = replica.view): number {
  return primaryOf(replica.identity.admission.config, view);
}

/** Members other than this one. */
export function otherMembers(replica: Replica): number[] {
  const { config } = replica.identity.admission;
  return config.members.map((_, index) => index).filter((i) => i !== replica.identity.index);
}

export function ignore(replica: Replica, command: Command, reason: IgnoreReason): void {
  replica.effects.push({ kind: "ignore", command, reason });
}
