/** Prepare: VRR §4.1 steps 3 and 4. The primary gives requests their place; backups follow. */
import { bytesConcat } from "@quorate/prelude";
import {
  type Admitted,
  asOp,
  asTimestampMicros,
  digestEntryBody,
  encodeEntryBody,
  type Entry,
  entryBodyBytesMax,
  type EntryHeader,
  type EntryItem,
  entryRandomBytes,
  hashEntryHeader,
  isBodyOf,
  type MessageOf,
  opAfter,
  operationsPerEntryMax,
  requestsPerEntryMax,
} from "@quorate/protocol";
import { learnCommit } from "./acknowledge.ts";
import { appendEntry } from "./append.ts";
import type { IgnoreReason } from "./effect.ts";
import { reasonAgainstNew, refuseClock } from "./new-entry.ts";
import { notePreparedReadmissions } from "./readmission.ts";
import { beginCatchUp } from "./repair.ts";
import { sendPacket, statementOf } from "./speak.ts";
import { type ActingPrimary, ignore, otherMembers, primaryIndex, type Replica } from "./state.ts";
import { restartViewChangeTimer } from "./timeout.ts";

/** Bytes that each item costs in a body beside its statement. */
const itemOverheadBytes = 5;

/**
 * Step 3: merges what waits into entries, as far as the pipeline has room. While entries are in
 * flight more requests gather, so batches grow with the load.
 */
export function prepareWaiting(replica: Replica): void {
  const { acting } = replica;
  // Before the own state is open nothing could be answered.
  if (acting === null || !replica.isStateOpen) return;
  while (hasRoom(replica) && (acting.waiting.length > 0 || isPulseDue(replica, acting))) {
    prepare(replica, acting, takeItems(replica, acting));
  }
}

/** Rule S9: never more than `pipelineMax` above the commit. */
function hasRoom(replica: Replica): boolean {
  const { preparesInFlightMax } = replica.identity.options;
  const { pipelineMax } = replica.identity.admission.config;
  const inFlight = replica.log.headOp - replica.commit;
  return inFlight < Math.min(preparesInFlightMax, pipelineMax);
}

function isPulseDue(replica: Replica, acting: ActingPrimary): boolean {
  if (acting.pulseOp > replica.executed || replica.executed < replica.commit) return false;
  return replica.stateMachine.isPulseDue(nextTimestamp(replica));
}

function takeItems(replica: Replica, acting: ActingPrimary): EntryItem[] {
  const items: EntryItem[] = [];
  if (isPulseDue(replica, acting)) {
    items.push({ kind: "pulse" });
    acting.pulseOp = replica.log.headOp + 1;
  }
  let bytes = entryRandomBytes + 4 + itemOverheadBytes;
  let operations = 0;
  let taken = 0;
  for (const next of acting.waiting) {
    bytes += next.bytes + itemOverheadBytes;
    operations += next.operations;
    if (items.length >= requestsPerEntryMax || bytes > entryBodyBytesMax) break;
    if (operations > operationsPerEntryMax) break;
    items.push(next.item);
    acting.bytesWaiting -= next.bytes;
    taken += 1;
  }
  acting.waiting.splice(0, taken);
  return items;
}

function prepare(replica: Replica, acting: ActingPrimary, items: readonly EntryItem[]): void {
  const { config, sha256 } = replica.identity.admission;
  const op = opAfter(replica.log.headOp);
  const parts = { random: randomFor(replica, op), items };
  const body = encodeEntryBody(parts);
  const header: EntryHeader = {
    epoch: config.epoch,
    view: replica.view,
    op,
    parent: replica.log.head.hash,
    timestampMicros: asTimestampMicros(nextTimestamp(replica)),
    requestsDigest: digestEntryBody(parts, sha256),
    bodyBytes: body.length,
  };
  const entry = { header, hash: hashEntryHeader(header, sha256), body };
  appendEntry(replica, entry);
  notePreparedReadmissions(acting, entry, items);
  sendPrepare(replica, acting, entry);
}

function sendPrepare(replica: Replica, acting: ActingPrimary, entry: Entry): void {
  const { header, body } = entry;
  const { commit } = replica;
  const { certificate } = acting;
  const statement = statementOf(replica, { command: "prepare", header, commit, certificate });
  const packet = bytesConcat(statement, body);
  const { pushWindowOps } = replica.identity.options;
  for (const index of otherMembers(replica)) {
    // A backup that is far behind fetches at its own pace; pushing would only fill its link.
    const isHeard = acting.heardAt[index] !== null;
    const distance = header.op - (acting.storedOps[index] ?? 0);
    if (isHeard && distance > pushWindowOps) continue;
    sendPacket(replica, { kind: "replica", index }, packet);
  }
}

/** The replicated time: strictly increasing, never behind the log (VRR §4.4). */
function nextTimestamp(replica: Replica): number {
  return Math.max(replica.log.timestampOfHead() + 1, replica.clockMicros);
}

function randomFor(replica: Replica, op: number): Uint8Array {
  const { bootSecret, admission } = replica.identity;
  const place = new Uint8Array(new Float64Array([op, replica.view]).buffer);
  return admission.sha256(bootSecret, place).slice(0, entryRandomBytes);
}

/** Step 4 at a backup: only in order, only chained, only with the body that the header names. */
export function onPrepare(
  replica: Replica,
  { header, attachment }: Admitted,
  message: MessageOf<"prepare">,
): void {
  const stranger = reasonAgainstPrimary(replica, header.view, header.sender);
  if (stranger !== null) return ignore(replica, "prepare", stranger);
  restartViewChangeTimer(replica);
  const reason = reasonAgainstEntry(replica, message.header, attachment);
  if (reason === "gap") {
    const { op, parent } = message.header;
    beginCatchUp(replica, { op: opAfter(op, -1), hash: parent }, message.commit);
  }
  if (reason === "clock ahead") refuseClock(replica, message.header);
  if (reason !== null) return ignore(replica, "prepare", reason);
  const { sha256 } = replica.identity.admission;
  const hash = hashEntryHeader(message.header, sha256);
  appendEntry(replica, { header: message.header, hash, body: attachment });
  learnCommit(replica, message.commit);
}

/** What only the primary may say, and only to a backup that is normal in its view. */
export function reasonAgainstPrimary(
  replica: Replica,
  view: number,
  sender: number,
): IgnoreReason | null {
  if (view < replica.view) return "older view";
  if (view > replica.view) return "newer view";
  if (sender !== primaryIndex(replica)) return "not from the primary";
  if (sender === replica.identity.index) return "not for a backup";
  if (replica.status !== "normal") return "not normal";
  return null;
}

function reasonAgainstEntry(
  replica: Replica,
  header: EntryHeader,
  body: Uint8Array,
): IgnoreReason | null {
  const { log, identity } = replica;
  const { sha256 } = identity.admission;
  if (header.op <= log.headOp) {
    const position = { op: header.op, hash: hashEntryHeader(header, sha256) };
    return log.holds(position) ? "already held" : "another entry";
  }
  if (header.op > opAfter(log.headOp)) return "gap";
  if (!isBodyOf(header, body, sha256)) return "body does not match";
  return reasonAgainstNew(replica, header, body, asOp(0));
}
