/**
 * Reads without a log entry: rule S6.
 *
 * A linearizable read waits until the primary has committed its own StartView.op in this view,
 * takes the commit at its arrival, and is answered when a quorum has confirmed a heartbeat that
 * was sent after it arrived. No lease on time is involved.
 */
import { type NoteOf, opMax } from "@quorate/protocol";
import { sendHeartbeat } from "./heartbeat.ts";
import type { Peer } from "./input.ts";
import { quorumOf } from "./quorum.ts";
import { isShareUsedUp } from "./share.ts";
import { tellNote } from "./speak.ts";
import type { ActingPrimary, Replica, WaitingRead } from "./state.ts";

export function onRead(replica: Replica, from: Peer, request: NoteOf<"readRequest">): void {
  if (request.consistency === "stale") return answerStale(replica, from, request);
  const { acting } = replica;
  if (acting === null || hasNoRoomFor(replica, from)) return decline(replica, from, request);
  const start = replica.startHead?.op ?? replica.commit;
  const commitAtArrival = opMax(replica.commit, start);
  replica.reads.push({ from, request, commitAtArrival, heartbeat: null });
}

/**
 * Before its checkpoint is loaded, and while its disk is lost, the state machine holds nothing: that
 * would be said of a cluster that has worked for years.
 */
function answerStale(replica: Replica, from: Peer, request: NoteOf<"readRequest">): void {
  const isEmpty = !replica.isStateOpen || replica.isDiskLost;
  return isEmpty ? decline(replica, from, request) : answer(replica, from, request);
}

/** Whether no more may wait, of all gateways or of this one. */
function hasNoRoomFor({ reads, identity }: Replica, from: Peer): boolean {
  const { readsWaitingMax } = identity.options;
  // Nobody has used up a share of what is less than half full.
  if (reads.length < readsWaitingMax / 2) return false;
  const own = reads.filter(
    (read) => read.from.kind === from.kind && read.from.index === from.index,
  );
  return (
    reads.length >= readsWaitingMax || isShareUsedUp(own.length, reads.length, readsWaitingMax)
  );
}

/** Sends one heartbeat for all reads that still need one, and answers those that are confirmed. */
export function serveReads(replica: Replica): void {
  const { acting } = replica;
  if (replica.reads.length === 0) return;
  if (acting === null) return declineAll(replica);
  confirmWithHeartbeat(replica, acting);
  const confirmed = confirmedHeartbeat(replica, acting);
  const isReady = (read: WaitingRead): boolean =>
    acting.isStartCommitted &&
    read.heartbeat !== null &&
    read.heartbeat <= confirmed &&
    read.commitAtArrival <= replica.executed;
  const ready = replica.reads.filter(isReady);
  if (ready.length === 0) return;
  replica.reads = replica.reads.filter((read) => !isReady(read));
  for (const { from, request } of ready) answer(replica, from, request);
}

/** At most one such heartbeat is out at a time; reads that arrive meanwhile share the next. */
function confirmWithHeartbeat(replica: Replica, acting: ActingPrimary): void {
  if (replica.reads.every(({ heartbeat }) => heartbeat !== null)) return;
  const confirmed = confirmedHeartbeat(replica, acting);
  if (replica.reads.some(({ heartbeat }) => heartbeat !== null && heartbeat > confirmed)) return;
  sendHeartbeat(replica, acting);
  for (const read of replica.reads) read.heartbeat ??= acting.heartbeat;
}

/** The newest heartbeat that a quorum of voters has confirmed in this view. */
function confirmedHeartbeat(replica: Replica, acting: ActingPrimary): number {
  const { voterCount } = replica.identity;
  const newestFirst = acting.confirmed.slice(0, voterCount).toSorted((a, b) => b - a);
  return newestFirst[quorumOf(voterCount) - 1] ?? 0;
}

/** The view is lost: whoever waits asks the next primary. */
function declineAll(replica: Replica): void {
  for (const { from, request } of replica.reads.splice(0)) decline(replica, from, request);
}

function answer(replica: Replica, from: Peer, request: NoteOf<"readRequest">): void {
  reply(replica, from, request, replica.stateMachine.query(request.question));
}

function decline(replica: Replica, from: Peer, request: NoteOf<"readRequest">): void {
  reply(replica, from, request, null);
}

function reply(
  replica: Replica,
  from: Peer,
  { readId }: NoteOf<"readRequest">,
  bytes: Uint8Array | null,
): void {
  tellNote(replica, from, {
    note: "readReply",
    readId,
    epoch: replica.identity.admission.config.epoch,
    view: replica.view,
    op: replica.executed,
    answer: bytes,
  });
}
