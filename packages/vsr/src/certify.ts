/**
 * Certificates of checkpoints: VRR §5.1, with the signatures of a quorum.
 *
 * Every member tells all others what it has reached at the op of a checkpoint. What is heard
 * before this replica is there itself is kept, bounded for each sender. A certificate for another
 * state than this replica's own stops it: two replicas have executed the same log differently, and
 * the quorum is right.
 */
import { bytesEqual } from "@quorate/prelude";
import {
  type Admitted,
  asOp,
  type Checkpoint,
  checkpointsMax,
  type MessageOf,
} from "@quorate/protocol";
import { checkpointFault } from "@quorate/proof";
import { raise } from "./alarm.ts";
import { isCertified, newestCertified } from "./certified.ts";
import { isStranger } from "./incarnations.ts";
import { keepCheckpoint } from "./keep-checkpoint.ts";
import { signatureOf, tell } from "./speak.ts";
import { type HeardCheckpoint, ignore, type Replica } from "./state.ts";
import { shortenStride } from "./stride.ts";

/** A peer has the state after `op` on its disk. */
export function onCheckpoint(
  replica: Replica,
  admitted: Admitted,
  { op, headHash, stateRoot }: MessageOf<"checkpoint">,
): void {
  const { sender, view } = admitted.header;
  if (sender >= replica.identity.voterCount) return ignore(replica, "checkpoint", "not a voter");
  if (isStranger(replica, admitted.header, asOp(0))) {
    return ignore(replica, "checkpoint", "not readmitted");
  }
  const certified = newestCertified(replica);
  if (certified !== null && op <= certified.op) {
    // The sender still asks for signatures: it may have missed the certificate.
    tell(replica, sender, { command: "checkpointCertificate", checkpoint: certified });
    return ignore(replica, "checkpoint", "already certified");
  }
  const signature = signatureOf(admitted);
  hear(replica, { view, op, headHash: headHash.slice(), stateRoot: stateRoot.slice(), signature });
  certifyHeard(replica, op);
}

/**
 * Keeps of each sender as many as one can have without a certificate: those of checkpoints that this
 * replica writes or has written, because a fast peer repeats each only until it has the certificate,
 * and of the others the newest.
 */
function hear(replica: Replica, heard: HeardCheckpoint): void {
  const { sender } = heard.signature;
  const before = replica.heardCheckpoints.get(sender) ?? [];
  const all = [...before.filter(({ op }) => op !== heard.op), heard];
  const awaited = all.filter(({ op }) => isAwaited(replica, op));
  const others = all.filter((each) => !awaited.includes(each)).toSorted((a, b) => b.op - a.op);
  const kept = [...awaited, ...others].slice(0, checkpointsMax);
  replica.heardCheckpoints.set(sender, kept);
}

function isAwaited({ freezing, checkpoints }: Replica, op: number): boolean {
  return freezing?.head.op === op || checkpoints.some((each) => each.op === op);
}

/** Puts together what was heard of the checkpoint at `op`, if this replica has it on its disk. */
export function certifyHeard(replica: Replica, op: number): void {
  // While the head is uncertain the superblock stays as it is (rule S5).
  if (replica.status === "recovering") return;
  const own = replica.checkpoints.find((checkpoint) => checkpoint.op === op);
  if (own === undefined || isCertified(replica, own) || !isDurable(replica, own)) return;
  const { heardCertificate } = replica;
  if (heardCertificate?.op === own.op) return adoptCertificate(replica, own, heardCertificate);
  const signatures = [...own.signatures];
  for (const each of [...replica.heardCheckpoints.values()].flat()) {
    if (each.op !== own.op || each.signature.sender === replica.identity.index) continue;
    if (isSame(each, own)) signatures.push(each.signature);
    else raise(replica, "checkpoint-differs", `op ${op} of replica ${each.signature.sender}`);
  }
  signatures.sort((left, right) => left.sender - right.sender);
  const checkpoint = { ...own, signatures };
  if (isCertified(replica, checkpoint)) adopt(replica, checkpoint);
}

/** What this replica signs must be on its disk, and so must what it counts as its own (rule A7). */
function isDurable(replica: Replica, own: Checkpoint): boolean {
  return !replica.writing.some(({ checkpoints }) => checkpoints.includes(own));
}

function isSame(
  heard: Pick<HeardCheckpoint, "view" | "headHash" | "stateRoot">,
  own: Checkpoint,
): boolean {
  return (
    heard.view === own.view &&
    bytesEqual(heard.headHash, own.headHash) &&
    bytesEqual(heard.stateRoot, own.stateRoot)
  );
}

/** A quorum has signed this checkpoint. */
export function onCheckpointCertificate(
  replica: Replica,
  { checkpoint }: MessageOf<"checkpointCertificate">,
): void {
  const command = "checkpointCertificate";
  const known = newestCertified(replica)?.op ?? 0;
  if (checkpoint.op <= Math.max(known, replica.heardCertificate?.op ?? 0)) {
    return ignore(replica, command, "already certified");
  }
  if (checkpointFault(checkpoint, replica.identity.admission) !== null) {
    return ignore(replica, command, "certificate not valid");
  }
  shortenStride(replica, checkpoint.op - Math.max(known, replica.heardCertificate?.op ?? 0));
  replica.heardCertificate = checkpoint;
  certifyHeard(replica, checkpoint.op);
}

function adoptCertificate(replica: Replica, own: Checkpoint, certificate: Checkpoint): void {
  if (isSame(certificate, own)) return adopt(replica, certificate);
  const detail = `the state after op ${own.op} is not the one that a quorum has signed`;
  replica.effects.push({ kind: "stop", reason: "state-diverged", detail });
}

/** The checkpoint is certified: the log below the one before it may go. */
function adopt(replica: Replica, checkpoint: Checkpoint): void {
  for (const [sender, heard] of replica.heardCheckpoints) {
    replica.heardCheckpoints.set(
      sender,
      heard.filter(({ op }) => op > checkpoint.op),
    );
  }
  if ((replica.heardCertificate?.op ?? 0) <= checkpoint.op) replica.heardCertificate = null;
  shortenStride(replica, checkpoint.op - (newestCertified(replica)?.op ?? 0));
  keepCheckpoint(replica, checkpoint);
}
