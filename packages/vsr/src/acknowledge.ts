/**
 * Acknowledgements and commit: VRR §4.1 steps 4 and 5, rule S7.
 *
 * An op is committed when a quorum of distinct members acknowledged it in one and the same view.
 * Acknowledgements of earlier views are forgotten with the view.
 */
import {
  type Admitted,
  asOp,
  type CertificateSignature,
  type CommitCertificate,
  type MessageOf,
  type Op,
  opMax,
} from "@quorate/protocol";
import { isBarred } from "./barred.ts";
import { isStranger } from "./incarnations.ts";
import { quorumOf } from "./quorum.ts";
import { certifyReadmissions } from "./readmission.ts";
import { ownSignature, sendPacket, signatureOf, statementOf } from "./speak.ts";
import { type ActingPrimary, ignore, primaryIndex, type Replica } from "./state.ts";

/**
 * The journal has the entries on disk. The view may have moved meanwhile; then nothing is promised
 * to the old primary (VRR §8.1): the replica is not normal any more, or the log was cut.
 */
export function onAppended(replica: Replica, generation: number, op: Op): void {
  if (generation !== replica.log.generation) return;
  const before = replica.log.storedOp;
  replica.log.markStored(op);
  acknowledgeFrom(replica, before);
}

/** Step 4: one PrepareOk for each entry that has become part of the stored log since `before`. */
export function acknowledgeFrom(replica: Replica, before: Op): void {
  if (replica.status !== "normal") return;
  for (let next = before + 1; next <= replica.log.storedOp; next++) {
    acknowledge(replica, asOp(next));
  }
}

/** The promise for StartView.op after the log of a view was installed (rule S7). */
export function acknowledgeStart(replica: Replica): void {
  if (replica.log.storedOp > 0) acknowledge(replica, replica.log.storedOp);
}

/** Says in this view that `op` and all before it are on this disk; not while barred (rule S11). */
export function acknowledge(replica: Replica, op: Op): void {
  if (isBarred(replica)) return;
  const { hash } = replica.log.positionAt(op);
  const statement = statementOf(replica, { command: "prepareOk", op, headerHash: hash });
  if (replica.acting !== null) {
    return count(replica, replica.acting, op, ownSignature(replica, statement));
  }
  sendPacket(replica, { kind: "replica", index: primaryIndex(replica) }, statement);
}

/** Step 5 at the primary. */
export function onPrepareOk(
  replica: Replica,
  admitted: Admitted,
  { op, headerHash }: MessageOf<"prepareOk">,
): void {
  const { header } = admitted;
  const { acting } = replica;
  if (header.view !== replica.view || acting === null) {
    return ignore(replica, "prepareOk", "not the acting primary");
  }
  // What readmitted the sender is at or below StartView.op: it was committed two views ago.
  if (isStranger(replica, header, replica.startHead?.op ?? replica.commit)) {
    return ignore(replica, "prepareOk", "not readmitted");
  }
  const { base, headOp } = replica.log;
  if (op < base.op || op > headOp) return ignore(replica, "prepareOk", "beyond the log");
  // StartView.op may be the base itself: the log of a fetched state holds nothing at first.
  if (!replica.log.holds({ op, hash: headerHash })) {
    return ignore(replica, "prepareOk", "another entry");
  }
  acting.heardAt[header.sender] = replica.now;
  acting.storedOps[header.sender] = Math.max(acting.storedOps[header.sender] ?? 0, op);
  count(replica, acting, op, signatureOf(admitted));
}

/** Counts senders, never messages; a learner's acknowledgement is no vote. */
function count(
  replica: Replica,
  acting: ActingPrimary,
  op: Op,
  signature: CertificateSignature,
): void {
  const { voterCount } = replica.identity;
  // Who mends a long log acknowledges all of it: below StartView.op that commits nothing more.
  const isBelowStart = replica.startHead !== null && op < replica.startHead.op;
  const isSettled = op <= replica.commit && (acting.isStartCommitted || isBelowStart);
  if (isSettled || signature.sender >= voterCount) return;
  const signatures = acting.acknowledgements.get(op) ?? new Map<number, CertificateSignature>();
  acting.acknowledgements.set(op, signatures);
  signatures.set(signature.sender, signature);
  if (signatures.size < quorumOf(voterCount)) return;
  commitThrough(replica, acting, op, [...signatures.values()]);
}

function commitThrough(
  replica: Replica,
  acting: ActingPrimary,
  op: Op,
  signatures: readonly CertificateSignature[],
): void {
  const certificate: CommitCertificate = {
    epoch: replica.identity.admission.config.epoch,
    view: replica.view,
    op,
    headerHash: replica.log.positionAt(op).hash,
    signatures,
  };
  acting.certificate = certificate;
  replica.commit = opMax(replica.commit, op);
  certifyReadmissions(replica, certificate);
  if (replica.startHead !== null && op >= replica.startHead.op) acting.isStartCommitted = true;
  for (const covered of acting.acknowledgements.keys()) {
    if (covered <= op) acting.acknowledgements.delete(covered);
  }
}

/** Step 7 at a backup: what the primary of this view says is committed, as far as it is held. */
export function learnCommit(replica: Replica, commit: Op): void {
  replica.commit = opMax(replica.commit, asOp(Math.min(commit, replica.log.headOp)));
}
