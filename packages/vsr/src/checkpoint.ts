/**
 * Checkpoints: VRR §5.1. Taken at the same ops on every replica, written as blocks, signed when
 * they are durable, certified by a quorum; then the log below the older of the last two certified
 * ones is freed.
 *
 * Deviates from VRR: a checkpoint counts only with the signatures of a quorum, and the log is
 * freed by certificates, whoever is down meanwhile.
 */
import type { Checkpoint, Entry } from "@quorate/protocol";
import { isCertified } from "./certified.ts";
import { certifyHeard } from "./certify.ts";
import { advanceFreezing, beginFreezing, type Freezing } from "./freezing.ts";
import { keepCheckpoint } from "./keep-checkpoint.ts";
import { broadcast, ownSignature, statementOf } from "./speak.ts";
import type { Replica, SuperblockWrite } from "./state.ts";
import { isTaken } from "./stride.ts";

/** Ticks between two announcements of a checkpoint that lacks its certificate. */
const announceTicks = 25;

/** An entry was executed: is a checkpoint due after it? Depends on the log alone. */
export function noteExecuted(replica: Replica, entry: Entry): void {
  const { checkpointOps, checkpointBytes } = replica.identity.admission.config;
  const { header, hash, body } = entry;
  const bytes = replica.schedule.bytes + body.length;
  const { op: before } = replica.schedule;
  const isDue = header.op - before >= checkpointOps || bytes >= checkpointBytes;
  replica.schedule = isDue ? { op: header.op, bytes: 0 } : { ...replica.schedule, bytes };
  if (!isDue || !isTaken(replica, before, header.op)) return;
  beginFreezing(replica, { op: header.op, hash }, header.view);
}

/** Goes on writing the checkpoint that is under way; when all its blocks are stored, names it. */
export function takeCheckpoint(replica: Replica): void {
  const { freezing } = replica;
  if (freezing === null) return;
  advanceFreezing(replica);
  const isStored = ![...replica.storing.values()].includes(freezing);
  // While the head is uncertain nothing is written that a later start would take for certain.
  if (!isStored || freezing.stateRoot === null || replica.status === "recovering") return;
  freezing.frozen.keep();
  replica.freezing = null;
  keepCheckpoint(replica, signedByOwn(replica, freezing, freezing.stateRoot));
}

function signedByOwn(replica: Replica, freezing: Freezing, stateRoot: Uint8Array): Checkpoint {
  const { op, hash: headHash } = freezing.head;
  const { epoch } = replica.identity.admission.config;
  const { view } = freezing;
  const statement = statementOf(replica, { command: "checkpoint", op, headHash, stateRoot }, view);
  const signatures = [ownSignature(replica, statement)];
  return { epoch, view, op, headHash, stateRoot, signatures };
}

/** A superblock is on disk: what it does not name any more goes, and new checkpoints are told. */
export function onCheckpointsDurable(replica: Replica, write: SuperblockWrite): void {
  const { log, durableCheckpoints } = replica;
  if (write.base.op > log.base.op) log.freeThrough(write.base.op);
  replica.isRetainDue ||= write.checkpoints !== durableCheckpoints;
  replica.durableCheckpoints = write.checkpoints;
  if (write.purpose === "checkpoint") replica.announceAt = replica.now;
  for (const { op } of write.checkpoints) certifyHeard(replica, op);
}

/**
 * Says again what lacks its certificate, until it has one (rule L7). One that leaves checkpoints out
 * says its newest in any case: whoever has a certificate of a newer one answers with it, and by that
 * this one learns that it may take more.
 */
export function announceCheckpoints(replica: Replica): void {
  if (replica.now < replica.announceAt) return;
  replica.announceAt = replica.now + announceTicks;
  // What is not on disk yet is not said (rule A7).
  if (replica.writing.some(({ purpose }) => purpose === "checkpoint")) return;
  const isAsking = replica.checkpointStride > 1 && replica.writing.length === 0;
  const question = isAsking ? replica.checkpoints.at(-1) : null;
  for (const checkpoint of replica.checkpoints) {
    if (isCertified(replica, checkpoint) && checkpoint !== question) continue;
    const { op, headHash, stateRoot, view } = checkpoint;
    const message = { command: "checkpoint", op, headHash, stateRoot } as const;
    broadcast(replica, statementOf(replica, message, view));
  }
}
