/** A replica as it comes from its disk: rules S3, S4 and S5. */
import type { CheckpointableStateMachine, Prng } from "@quorate/prelude";
import {
  type AdmissionContext,
  asEpoch,
  asOp,
  asView,
  type EntryHeader,
  genesisBase,
  genesisHash,
  opMin,
  primaryOf,
  type StatementSigner,
  type Superblock,
  votersOf,
} from "@quorate/protocol";
import { ClientTable } from "./client-table.ts";
import { EntryCache } from "./entry-cache.ts";
import { nothingTransferred } from "./free-blocks.ts";
import { Incarnations } from "./incarnations.ts";
import { Log } from "./log.ts";
import type { VsrOptions } from "./options.ts";
import { Remembered } from "./remembered.ts";
import type { Identity, Replica, Status } from "./state.ts";
import { expireViewChangeTimer, restartViewChangeTimer } from "./timeout.ts";

/** One entry of the log as the journal found it. */
export interface HeldEntry {
  readonly header: EntryHeader;
  readonly hash: Uint8Array;
  readonly state: "present" | "corrupt";
}

export interface ReplicaOrigin {
  /** Must be on disk before the replica is created. */
  readonly superblock: Superblock;
  /** The log that the superblock proves, from the op above its base. */
  readonly entries: readonly HeldEntry[];
  readonly admission: AdmissionContext;
  readonly signer: StatementSigner;
  readonly stateMachine: CheckpointableStateMachine;
  readonly options: VsrOptions;
  readonly prng: Prng;
  readonly bootSecret: Uint8Array;
  readonly bootNonce: Uint8Array;
}

/** What a new member's superblock says before its first start. */
export function firstSuperblock(
  { config, configDigest, sha256 }: Pick<AdmissionContext, "config" | "configDigest" | "sha256">,
  replica: number,
): Superblock {
  return {
    clusterId: config.clusterId,
    configDigest,
    replica,
    incarnation: 0,
    boot: 0,
    epoch: asEpoch(config.epoch),
    view: asView(0),
    lastNormalView: asView(0),
    commit: asOp(0),
    head: { op: asOp(0), hash: genesisHash(configDigest, sha256) },
    isHeadUncertain: false,
    isDiskLost: false,
    barredView: asView(0),
    incarnations: [],
    remembered: [],
    viewProof: [],
    doViewChange: null,
    base: genesisBase(configDigest, sha256),
    checkpoints: [],
  };
}

export function createReplica(origin: ReplicaOrigin): Replica {
  const { superblock, admission, options } = origin;
  const log = new Log(superblock.base);
  for (const { header, hash, state } of origin.entries) log.push(header, hash, state);
  const incarnations = new Incarnations(admission.config.members.length, superblock.incarnations);
  const replica: Replica = {
    identity: identityOf(origin, incarnations),
    stateMachine: origin.stateMachine,
    log,
    cache: new EntryCache(options.cacheBytesMax),
    clientTable: new ClientTable(),
    status: openingStatus(superblock, admission),
    view: superblock.view,
    lastNormalView: superblock.lastNormalView,
    viewProof: superblock.viewProof,
    doViewChange: superblock.doViewChange,
    startHead: null,
    isLogRefused: false,
    clockRefusedAt: null,
    isHeadUncertain: superblock.isHeadUncertain,
    isDiskLost: superblock.isDiskLost,
    barredView: superblock.barredView,
    readmissionsTaken: 0,
    incarnations,
    remembered: new Remembered(superblock.remembered),
    commit: opMin(superblock.commit, log.headOp),
    executed: asOp(0),
    isStateOpen: superblock.checkpoints.length === 0,
    loadedOp: asOp(0),
    checkpoints: superblock.checkpoints,
    durableCheckpoints: superblock.checkpoints,
    isRetainDue: false,
    transferred: nothingTransferred(),
    schedule: { op: asOp(0), bytes: 0 },
    checkpointStride: 1,
    freezing: null,
    heardCheckpoints: new Map(),
    heardCertificate: null,
    announceAt: 0,
    load: null,
    openAttempt: 0,
    openAgainAt: 0,
    acting: null,
    votes: new Map(),
    collected: new Map(),
    fetch: null,
    reads: [],
    reading: new Map(),
    storing: new Map(),
    writing: [],
    now: 0,
    clockMicros: 0,
    viewChangeAt: 0,
    repeatAt: 0,
    viewsFailed: 0,
    answeredAt: new Map(),
    alarmsTold: new Map(),
    nextToken: firstToken(origin.bootNonce),
    effects: [],
  };
  restartViewChangeTimer(replica);
  if (isOrphaned(superblock, admission)) expireViewChangeTimer(replica);
  return replica;
}

function identityOf(origin: ReplicaOrigin, incarnations: Incarnations): Identity {
  const { superblock, admission, options } = origin;
  return {
    index: superblock.replica,
    voterCount: votersOf(admission.config).length,
    signer: origin.signer,
    admission: { ...admission, incarnationOf: (member) => incarnations.of(member) },
    options,
    prng: origin.prng,
    bootSecret: origin.bootSecret,
    bootNonce: origin.bootNonce,
    boot: superblock.boot,
  };
}

/**
 * Questions to peers are named by tokens: an answer that is owed to another life must name none of
 * this one's (rule A5). 48 bits of the nonce leave room for as many tokens as a life can need.
 */
function firstToken(bootNonce: Uint8Array): number {
  return bootNonce.subarray(0, 6).reduce((token, byte) => token * 256 + byte, 0);
}

function openingStatus(superblock: Superblock, admission: AdmissionContext): Status {
  if (superblock.isHeadUncertain || superblock.isDiskLost) return "recovering";
  if (superblock.lastNormalView < superblock.view) return "view-change";
  return isOrphaned(superblock, admission) ? "view-change" : "normal";
}

/**
 * Nobody will ever act in this view: this replica was its primary in another life, or it is the
 * first view of the cluster (rule S4). It votes at once.
 */
function isOrphaned({ view, lastNormalView, replica }: Superblock, admission: AdmissionContext) {
  if (lastNormalView < view) return false;
  return view === 0 || primaryOf(admission.config, view) === replica;
}
