/**
 * How the others take back a member whose disk is lost: rule S11, at the acting primary.
 *
 * It forgot what it had acknowledged and what it had promised. So the primary commits an entry with
 * the member's own signed request in it, which names the new disk and a fresh nonce: whoever
 * acknowledges that entry in view v does so after the loss. By that the member can have been no
 * further than in view v + 1, and everything that it acknowledged is in the log below the entry.
 */
import { bytesEqual } from "@quorate/prelude";
import type { Admitted, CommitCertificate, Entry, EntryItem, MessageOf } from "@quorate/protocol";
import { quorumOf } from "./quorum.ts";
import { isFull } from "./request.ts";
import { tell } from "./speak.ts";
import { type ActingPrimary, ignore, type Replica } from "./state.ts";

/** A member's request to be readmitted, and how far it has got in this view. */
export interface Readmission {
  /** The member's signed request, as the entry holds it. */
  readonly statement: Uint8Array;
  readonly nonce: Uint8Array;
  /** The entry that holds it; null while it waits for its Prepare. */
  entry: Entry | null;
  /** That entry's own certificate, by members in their present incarnations. */
  certificate: CommitCertificate | null;
}

const microsPerSecond = 1_000_000;

/** Whether a quorum is left without one voter: otherwise nobody can take it back. */
export function hasQuorumOfOthers(voterCount: number): boolean {
  return quorumOf(voterCount) < voterCount;
}

export function onReadmission(
  replica: Replica,
  { header, statement }: Admitted,
  { nonce }: MessageOf<"readmission">,
): void {
  const command = "readmission";
  const { acting } = replica;
  if (acting === null) return ignore(replica, command, "not the acting primary");
  if (!hasQuorumOfOthers(replica.identity.voterCount)) {
    return ignore(replica, command, "no quorum of others");
  }
  if (isOfTheFuture(replica, header.incarnation)) return ignore(replica, command, "clock ahead");
  const known = acting.readmissions.get(header.sender);
  if (known !== undefined && !isOvertaken(replica, known)) {
    // One at a time, whatever the nonce is: what is counted below is what was executed.
    if (known.certificate === null) return ignore(replica, command, "already in the log");
    if (bytesEqual(known.nonce, nonce)) {
      return tellReadmitted(replica, header.sender, known.entry, known.certificate);
    }
  }
  if (!replica.incarnations.hasRoom(header.sender, replica.clockMicros)) {
    return ignore(replica, command, "too many readmissions");
  }
  if (isFull(replica, acting, statement)) return ignore(replica, command, "too many waiting");
  const owned = statement.slice();
  acting.readmissions.set(header.sender, {
    statement: owned,
    nonce: nonce.slice(),
    entry: null,
    certificate: null,
  });
  const item = { kind: "request", statement: owned } as const;
  acting.waiting.push({ item, bytes: owned.length, operations: 0, gateway: null });
  acting.bytesWaiting += owned.length;
}

/**
 * An incarnation is the second in which its disk was new. One that is still to come would make every
 * later disk of the member an older one; when its time has come it is taken.
 */
function isOfTheFuture({ clockMicros, identity }: Replica, incarnation: number): boolean {
  return incarnation * microsPerSecond > clockMicros + identity.options.skewMicrosMax;
}

/** It was committed under the certificate of a later entry, and never gets one of its own. */
function isOvertaken({ commit }: Replica, { entry, certificate }: Readmission): boolean {
  return entry !== null && certificate === null && entry.header.op <= commit;
}

/** An entry has been prepared; it may hold what was asked for. */
export function notePreparedReadmissions(
  acting: ActingPrimary,
  entry: Entry,
  items: readonly EntryItem[],
): void {
  for (const readmission of acting.readmissions.values()) {
    const isInside = items.some((item) => {
      return item.kind === "request" && item.statement === readmission.statement;
    });
    if (isInside) readmission.entry = entry;
  }
}

/** A certificate has been made in this view: it may be that of an entry which readmits. */
export function certifyReadmissions(replica: Replica, certificate: CommitCertificate): void {
  for (const [member, readmission] of replica.acting?.readmissions ?? []) {
    const { entry } = readmission;
    if (entry?.header.op !== certificate.op || !isByOthers(replica, certificate, member)) continue;
    readmission.certificate = certificate;
    tellReadmitted(replica, member, entry, certificate);
  }
}

/** By members in their present incarnations, and not by the one that is readmitted. */
function isByOthers(replica: Replica, { signatures }: CommitCertificate, member: number): boolean {
  return signatures.every(({ sender, incarnation }) => {
    return sender !== member && incarnation === replica.incarnations.of(sender);
  });
}

function tellReadmitted(
  replica: Replica,
  member: number,
  entry: Entry | null,
  certificate: CommitCertificate,
): void {
  if (entry === null) return;
  const { header, body } = entry;
  const votes = replica.viewProof;
  tell(replica, member, { command: "readmitted", header, certificate, votes }, body);
}
