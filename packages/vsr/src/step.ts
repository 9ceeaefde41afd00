import { assert, present } from "@quorate/prelude";
import type { Admitted, Entry } from "@quorate/protocol";
import { onAppended, onPrepareOk } from "./acknowledge.ts";
import { noteEarlyRequests } from "./early-requests.ts";
import { onCheckpoint, onCheckpointCertificate } from "./certify.ts";
import { announceCheckpoints, onCheckpointsDurable, takeCheckpoint } from "./checkpoint.ts";
import type { Effect } from "./effect.ts";
import { executeCommitted, onReadForExecution } from "./execute.ts";
import { forgetSilences } from "./fetch-blocks.ts";
import { onBlocksAnswer, onEntries, onNewState, onRepaired } from "./fetch-answers.ts";
import { freeBlocks } from "./free-blocks.ts";
import { beat, onCommit, onCommitOk, onRejectClock } from "./heartbeat.ts";
import { stopIfSuperseded } from "./incarnations.ts";
import type { Input, Peer } from "./input.ts";
import { assertInvariants } from "./invariants.ts";
import { advanceLoad, onReadForLoad } from "./load-state.ts";
import { openCheckpoint, settleOpening } from "./open-checkpoint.ts";
import { askForReadmission, onReadmitted } from "./lost-disk.ts";
import { onPrepare, prepareWaiting } from "./prepare.ts";
import { onReadmission } from "./readmission.ts";
import { onRead, serveReads } from "./reads.ts";
import { askForRecovery, onRecovery, onRecoveryResponse } from "./recovery.ts";
import { continueTransfer, passFreed, repairCorrupt, retryFetch } from "./repair.ts";
import { onRegister, onRequest } from "./request.ts";
import { onRemembered, remind } from "./rollback.ts";
import { onGetBlocks, onGetEntries, onGetState, onReadForPeer, sendBlocks } from "./serve.ts";
import { adoptFetchedLog, onStartView, onViewInstalled } from "./start-view.ts";
import { dropOvertaken } from "./state-transfer.ts";
import { primaryIndex, type Replica } from "./state.ts";
import { onStepDown } from "./step-down.ts";
import { takeCompletedWrite } from "./superblock-writes.ts";
import { shortenViewChangeTimer } from "./timeout.ts";
import {
  onDoViewChange,
  onStartViewChange,
  onViewProof,
  sendDoViewChange,
  settleViews,
  voteWhenDue,
} from "./view-change.ts";

/**
 * Advances `replica` by one input and says what the world must now do, in order.
 *
 * Deterministic: equal state and equal input give equal state and equal effects. It reads no
 * clock (`clockMicros` is the host's wall clock), draws no random number and performs no I/O. An
 * effect that finishes later comes back as an input; only then does the replica decide what to
 * say. Throws AssertionError if an invariant breaks; the caller must then stop.
 */
export function step(replica: Replica, input: Input, clockMicros: number): readonly Effect[] {
  replica.effects = [];
  replica.clockMicros = clockMicros;
  handle(replica, input);
  settle(replica);
  assertInvariants(replica);
  return replica.effects;
}

function handle(replica: Replica, input: Input): void {
  switch (input.kind) {
    case "tick":
      return onTick(replica);
    case "statement":
      return onStatement(replica, input.admitted);
    case "read":
      return onRead(replica, input.from, input.request);
    case "link-down":
      return onLinkDown(replica, input.peer);
    case "link-up":
      return onLinkUp(replica, input.peer);
    case "appended":
      return onAppended(replica, input.generation, input.op);
    case "repaired":
      return onRepaired(replica, input.entries);
    case "superblock-stored":
      return onSuperblockStored(replica, input.write);
    case "entries-read":
      return onEntriesRead(replica, input.token, input.entries);
    case "blocks-stored":
      return void replica.storing.delete(input.token);
    case "blocks-read":
      return onBlocksRead(replica, input.token, input.blocks);
  }
}

/** What follows from any input: the log that is complete, what is committed, what can go on. */
function settle(replica: Replica): void {
  dropOvertaken(replica);
  loadState(replica);
  adoptFetchedLog(replica);
  executeCommitted(replica);
  stopIfSuperseded(replica);
  takeCheckpoint(replica);
  freeBlocks(replica);
  noteEarlyRequests(replica);
  repairCorrupt(replica);
  prepareWaiting(replica);
  serveReads(replica);
}

/** Opens the own state, or goes on with the one that is transferred. */
function loadState(replica: Replica): void {
  openCheckpoint(replica);
  const { load } = replica;
  if (load === null) return;
  advanceLoad(replica);
  if (load.purpose === "open") settleOpening(replica, load);
  else continueTransfer(replica, load);
}

function onTick(replica: Replica): void {
  replica.now += 1;
  beat(replica);
  retryFetch(replica);
  askForRecovery(replica);
  announceCheckpoints(replica);
  askForReadmission(replica);
  voteWhenDue(replica);
}

function onStatement(replica: Replica, admitted: Admitted): void {
  if (admitted.header.role === "replica") {
    replica.remembered.note(admitted);
    settleViews(replica, admitted);
  }
  onMessage(replica, admitted);
}

function onMessage(replica: Replica, admitted: Admitted): void {
  const { message } = admitted;
  switch (message.command) {
    case "prepare":
      return onPrepare(replica, admitted, message);
    case "prepareOk":
      return onPrepareOk(replica, admitted, message);
    case "commit":
      return onCommit(replica, admitted, message);
    case "commitOk":
      return onCommitOk(replica, admitted, message);
    case "startViewChange":
      return onStartViewChange(replica, admitted);
    case "viewProof":
      return onViewProof(replica, admitted, message);
    case "doViewChange":
      return onDoViewChange(replica, admitted, message);
    case "startView":
      return onStartView(replica, admitted, message);
    case "getState":
      return onGetState(replica, admitted, message);
    case "newState":
      return onNewState(replica, admitted, message);
    case "getEntries":
      return onGetEntries(replica, admitted, message);
    case "entries":
      return onEntries(replica, admitted, message);
    case "recovery":
      return onRecovery(replica, admitted, message);
    case "recoveryResponse":
      return onRecoveryResponse(replica, admitted, message);
    case "checkpoint":
      return onCheckpoint(replica, admitted, message);
    case "checkpointCertificate":
      return onCheckpointCertificate(replica, message);
    case "getBlocks":
      return onGetBlocks(replica, admitted, message);
    case "blocks":
      return onBlocksAnswer(replica, admitted, message);
    case "stepDown":
      return onStepDown(replica, admitted);
    case "readmission":
      return onReadmission(replica, admitted, message);
    case "readmitted":
      return onReadmitted(replica, admitted, message);
    case "remembered":
      return onRemembered(replica, message);
    case "rejectClock":
      return onRejectClock(replica, admitted, message);
    case "register":
      return onRegister(replica, admitted, message);
    case "request":
      return onRequest(replica, admitted, message);
  }
}

function onLinkDown(replica: Replica, peer: Peer): void {
  if (peer.kind !== "replica" || peer.index !== primaryIndex(replica)) return;
  if (replica.status === "normal") shortenViewChangeTimer(replica);
}

/** A peer is back: whatever is repeated to it need not wait for its turn. */
function onLinkUp(replica: Replica, peer: Peer): void {
  if (peer.kind !== "replica") return;
  const { fetch, load } = replica;
  if (fetch !== null) fetch.silences = 0;
  if (load !== null && load.peers !== null) forgetSilences(load.peers, peer.index);
  replica.answeredAt.delete(peer.index);
  remind(replica, peer.index);
}

function onSuperblockStored(replica: Replica, write: number): void {
  const completed = takeCompletedWrite(replica, write);
  onCheckpointsDurable(replica, completed);
  passFreed(replica);
  if (completed.view !== replica.view) return;
  switch (completed.purpose) {
    case "view-entered":
      return sendDoViewChange(replica);
    case "view-installed":
      return onViewInstalled(replica);
    case "checkpoint":
    case "head-uncertain":
      return;
  }
}

function onEntriesRead(replica: Replica, token: number, entries: readonly (Entry | null)[]): void {
  const reading = present(replica.reading.get(token), "entries are read only when asked for");
  replica.reading.delete(token);
  if (reading.for === "execution") return onReadForExecution(replica, reading.positions, entries);
  assert(reading.for === "peer", "entries are read for execution or for a peer");
  onReadForPeer(replica, reading, entries);
}

function onBlocksRead(
  replica: Replica,
  token: number,
  blocks: readonly (Uint8Array | null)[],
): void {
  const reading = present(replica.reading.get(token), "blocks are read only when asked for");
  replica.reading.delete(token);
  if (reading.for === "load") return onReadForLoad(replica, reading, blocks);
  assert(reading.for === "peer-blocks", "blocks are read for a load or for a peer");
  sendBlocks(replica, reading.to, reading.nonce, blocks);
}
