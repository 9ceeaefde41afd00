/**
 * Execution: VRR §4.1 steps 5 and 7. In order, each op once, on every replica alike.
 *
 * Only what this replica's own journal holds, chained and on disk, is executed (rule S7).
 */
import {
  asOp,
  asRequestNumber,
  decodeBody,
  decodeEntryBody,
  decodeStatementHeader,
  type Entry,
  type LogPosition,
  type MessageOf,
  type Op,
  opAfter,
  opMin,
  splitPacket,
  type StatementHeader,
  type View,
} from "@quorate/protocol";
import { noteExecuted } from "./checkpoint.ts";
import { isLastRequest, registrationKey, type Session, sessionKey } from "./client-table.ts";
import { forgetExecuted } from "./early-requests.ts";
import { cachedBytes } from "./entry-cache.ts";
import { runOperations } from "./run-operations.ts";
import { tellNote } from "./speak.ts";
import type { Replica } from "./state.ts";
import { nextToken } from "./superblock-writes.ts";

/** Entries read from the journal at a time when they are no longer in memory. */
const entriesPerReadMax = 128;
/** Queue names taken from the state machine after each run of executions. */
const hintsPerRunMax = 1_024;

/** Executes everything that is committed and on this disk. */
export function executeCommitted(replica: Replica): void {
  const before = replica.executed;
  while (replica.executed < executableOp(replica)) {
    const position = replica.log.positionAt(opAfter(replica.executed));
    const entry = replica.cache.get(position);
    if (entry === null) {
      readAhead(replica);
      break;
    }
    execute(replica, entry);
  }
  if (replica.executed === before) return;
  const queues = replica.stateMachine.takeReadyHints(hintsPerRunMax);
  if (replica.acting !== null && queues.length > 0) replica.effects.push({ kind: "hint", queues });
}

/** An uncertain log proves nothing yet: what it holds may not be what was committed (rule S5). */
function executableOp(replica: Replica): Op {
  const { executed, isStateOpen, log, commit } = replica;
  if (replica.status === "recovering" || !isStateOpen) return executed;
  // What rotted below is in the state already; it is mended, or freed, meanwhile.
  return opMin(commit, log.storedOp >= executed ? log.storedOp : log.readableAbove(executed));
}

function readAhead(replica: Replica): void {
  for (const reading of replica.reading.values()) if (reading.for === "execution") return;
  const last = Math.min(executableOp(replica), replica.executed + entriesPerReadMax);
  const positions: LogPosition[] = [];
  let bytes = 0;
  for (let op = replica.executed + 1; op <= last; op++) {
    // More than the cache holds would push out what is executed next, and be read for ever.
    bytes += cachedBytes(replica.log.slotAt(op)?.header.bodyBytes ?? 0);
    if (positions.length > 0 && bytes > replica.identity.options.cacheBytesMax) break;
    positions.push(replica.log.positionAt(asOp(op)));
  }
  const token = nextToken(replica);
  replica.reading.set(token, { for: "execution", positions });
  replica.effects.push({ kind: "read", positions, token });
}

/** What the journal could read; an entry that it could not is corrupt and comes from a peer. */
export function onReadForExecution(
  replica: Replica,
  positions: readonly LogPosition[],
  entries: readonly (Entry | null)[],
): void {
  for (const [index, position] of positions.entries()) {
    if (!replica.log.holds(position)) continue;
    const entry = entries[index] ?? null;
    if (entry !== null) replica.cache.put(entry);
    else if (replica.log.slotAt(position.op)?.state === "present") {
      replica.log.markCorrupt(position.op);
    }
  }
}

function execute(replica: Replica, entry: Entry): void {
  const { op, view, timestampMicros } = entry.header;
  const { random, items } = decodeEntryBody(entry.body);
  let operations = 0;
  for (const [index, item] of items.entries()) {
    const context = { op, timestampMicros, random };
    if (item.kind === "pulse") {
      replica.stateMachine.pulse({ ...context, requestIndex: operations });
      operations += 1;
    } else {
      operations = executeStatement(replica, item.statement, {
        ...context,
        view,
        index,
        operations,
      });
    }
  }
  replica.executed = op;
  noteExecuted(replica, entry);
  replica.effects.push({ kind: "executed", op, operations });
}

interface Place {
  readonly op: Op;
  /** In which the entry was created. */
  readonly view: View;
  readonly timestampMicros: number;
  readonly random: Uint8Array;
  /** Position of the statement in its entry. */
  readonly index: number;
  /** Operations executed in this op before it. */
  readonly operations: number;
}

/** Returns how many operations of this op have been executed now. */
function executeStatement(replica: Replica, statement: Uint8Array, place: Place): number {
  const header = decodeStatementHeader(statement);
  const message = decodeBody(header.command, splitPacket(statement, header.bodyBytes).body);
  if (message.command === "register") {
    register(replica, header, message, place);
    return place.operations;
  }
  if (message.command === "readmission") {
    const { sender, incarnation } = header;
    const { view, timestampMicros } = place;
    replica.incarnations.readmit(sender, { incarnation, view }, timestampMicros);
  }
  if (message.command !== "request") return place.operations;
  return executeRequest(replica, header, message, place);
}

function register(
  replica: Replica,
  header: StatementHeader,
  message: MessageOf<"register">,
  place: Place,
): void {
  const session = replica.clientTable.register({
    id: { op: place.op, index: place.index },
    gateway: header.sender,
    nonce: message.nonce.slice(),
    number: asRequestNumber(0),
    digest: new Uint8Array(0),
    results: [],
    lastOp: place.op,
  });
  if (replica.acting === null) return;
  forgetExecuted(replica.acting, registrationKey(header.sender, message.nonce), 0);
  tellRegistered(replica, session);
}

/** Decided again here, whatever the primary saw when it took the request (rule A4). */
function executeRequest(
  replica: Replica,
  header: StatementHeader,
  message: MessageOf<"request">,
  place: Place,
): number {
  const session = replica.clientTable.find(message.session);
  if (replica.acting !== null) {
    forgetExecuted(replica.acting, sessionKey(message.session), message.number);
  }
  if (session === null || session.gateway !== header.sender) {
    if (replica.acting !== null) tellEvicted(replica, header.sender, message);
    return place.operations;
  }
  if (message.number <= session.number) {
    if (isLastRequest(session, message.number, header.bodyDigest)) replyAgain(replica, session);
    return place.operations;
  }
  const results = runOperations(replica.stateMachine, message.operations, {
    op: place.op,
    requestIndex: place.operations,
    timestampMicros: place.timestampMicros,
    random: place.random,
  });
  replica.clientTable.keepResults(session, results);
  session.number = message.number;
  session.digest = header.bodyDigest.slice();
  session.lastOp = place.op;
  replyAgain(replica, session);
  return place.operations + results.length;
}

/** Sends the outcomes of the session's newest request, if this replica is in charge. */
export function replyAgain(replica: Replica, session: Session): void {
  if (replica.acting === null) return;
  tellNote(
    replica,
    { kind: "gateway", index: session.gateway },
    {
      note: "reply",
      session: session.id,
      number: session.number,
      epoch: replica.identity.admission.config.epoch,
      view: replica.view,
      op: session.lastOp,
      results: session.results,
    },
  );
}

export function tellRegistered(replica: Replica, session: Session): void {
  tellNote(
    replica,
    { kind: "gateway", index: session.gateway },
    {
      note: "registered",
      nonce: session.nonce,
      session: session.id,
    },
  );
}

export function tellEvicted(
  replica: Replica,
  gateway: number,
  message: MessageOf<"request">,
): void {
  tellNote(
    replica,
    { kind: "gateway", index: gateway },
    {
      note: "evicted",
      session: message.session,
    },
  );
}
