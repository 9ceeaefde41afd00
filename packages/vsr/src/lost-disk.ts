/**
 * A member whose disk is lost: rule S11, on its own side.
 *
 * It promises nothing until the others have committed an entry that it asked for on the new disk
 * (VRR §4.3 with an entry in the place of the answers), it has installed the log up to that entry,
 * and the cluster has gone two views further.
 */
import { bytesEqual, hexEncode } from "@quorate/prelude";
import {
  type AdmissionContext,
  type Admitted,
  asView,
  decodeEntryBody,
  hashEntryHeader,
  isBodyOf,
  type MessageOf,
  type Superblock,
  votersOf,
} from "@quorate/protocol";
import { commitCertificateFault } from "@quorate/proof";
import { barredViews } from "./barred.ts";
import { firstSuperblock } from "./create.ts";
import { leaveView } from "./enter-view.ts";
import { admitEmbedded, isProofOf } from "./proof.ts";
import { hasQuorumOfOthers } from "./readmission.ts";
import { beginFetch } from "./repair.ts";
import { broadcast, statementOf } from "./speak.ts";
import { ignore, type Replica } from "./state.ts";
import { isRepeatDue } from "./timeout.ts";

/** The voters without the lost one are no quorum: nobody can take it back. */
export class NoQuorumOfOthersError extends Error {
  override readonly name = "NoQuorumOfOthersError";
}

/**
 * What the superblock of a member says whose disk is lost. `wallMs` is the host's clock in
 * milliseconds since 1970: the incarnation is made of it, in seconds, and must be greater than
 * every former one of this member; so are the starts counted from it, because links need a greater
 * number at each start (rule A5). Throws NoQuorumOfOthersError.
 */
export function lostSuperblock(
  admission: AdmissionContext,
  index: number,
  wallMs: number,
): Superblock {
  const voterCount = votersOf(admission.config).length;
  if (!hasQuorumOfOthers(voterCount)) {
    throw new NoQuorumOfOthersError(
      `the disk of member ${index} is lost, and of ${voterCount} voters the others are no quorum: ` +
        "nobody can take it back",
    );
  }
  return {
    ...firstSuperblock(admission, index),
    isDiskLost: true,
    incarnation: Math.floor(wallMs / 1_000),
    boot: Math.floor(wallMs),
  };
}

/** Repeated until somebody answers; each answer that was taken needs a new question. */
export function askForReadmission(replica: Replica): void {
  if (!replica.isDiskLost || replica.fetch !== null || !isRepeatDue(replica)) return;
  broadcast(replica, statementOf(replica, { command: "readmission", nonce: nonceOf(replica) }));
}

function nonceOf({ identity, readmissionsTaken }: Replica): Uint8Array {
  const { sha256 } = identity.admission;
  const attempt = new Uint8Array(new Float64Array([readmissionsTaken]).buffer);
  return sha256(identity.bootNonce, attempt).slice(0, identity.bootNonce.length);
}

/** The entry is committed: its view is known, and the log up to it is all there is to fetch. */
export function onReadmitted(
  replica: Replica,
  { header, attachment }: Admitted,
  message: MessageOf<"readmitted">,
): void {
  if (!replica.isDiskLost || replica.fetch !== null) {
    return ignore(replica, "readmitted", "not asked for");
  }
  const { certificate, votes } = message;
  if (certificate.view < replica.view) return ignore(replica, "readmitted", "older view");
  if (!isProven(replica, message, attachment)) {
    return ignore(replica, "readmitted", "proof not valid");
  }
  const { op, headerHash: hash } = certificate;
  replica.readmissionsTaken += 1;
  leaveView(replica, certificate.view, votes);
  replica.status = "recovering";
  replica.cache.put({ header: message.header, hash, body: attachment });
  beginFetch(replica, {
    purpose: "readmit",
    top: { op, hash },
    commit: op,
    doViewChanges: [],
    known: new Map([[hexEncode(hash), message.header]]),
    peer: header.sender,
  });
}

/** Everything is checked here: a wrong answer would let this member promise too early. */
function isProven(
  replica: Replica,
  { header, certificate, votes }: MessageOf<"readmitted">,
  body: Uint8Array,
): boolean {
  const { identity } = replica;
  const { sha256 } = identity.admission;
  if (commitCertificateFault(certificate, identity.admission) !== null) return false;
  if (certificate.signatures.some(({ sender }) => sender === identity.index)) return false;
  if (header.op !== certificate.op) return false;
  if (!bytesEqual(hashEntryHeader(header, sha256), certificate.headerHash)) return false;
  if (!isProofOf(identity, certificate.view, votes)) return false;
  return isBodyOf(header, body, sha256) && holdsOwnRequest(replica, body);
}

/** By its nonce the entry is younger than the loss, whoever prepared it and whenever. */
function holdsOwnRequest(replica: Replica, body: Uint8Array): boolean {
  const { identity } = replica;
  const nonce = nonceOf(replica);
  return decodeEntryBody(body).items.some((item) => {
    if (item.kind !== "request") return false;
    const asked = admitEmbedded(identity, item.statement);
    return (
      asked?.message.command === "readmission" &&
      asked.header.sender === identity.index &&
      asked.header.incarnation === identity.signer.incarnation &&
      bytesEqual(asked.message.nonce, nonce)
    );
  });
}

/** The log up to the entry is on this disk, certified in this view: the disk is lost no more. */
export function endLoss(replica: Replica): void {
  replica.isDiskLost = false;
  replica.barredView = asView(replica.view + barredViews);
}
