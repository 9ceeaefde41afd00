/**
 * The start of a view: VRR §4.2 steps 3 to 5.
 *
 * The last normal view, the head and the log change in one superblock write, when every entry and
 * body up to StartView.op is on disk (rule S2). Before that write a replica is not normal in the
 * view and acknowledges nothing.
 */
import { hexEncode, present } from "@quorate/prelude";
import {
  type Admitted,
  type EntryHeader,
  hashEntryHeader,
  type LogPosition,
  type MessageOf,
  type Op,
  opMax,
} from "@quorate/protocol";
import { acknowledgeStart } from "./acknowledge.ts";
import { endAlarms, raise } from "./alarm.ts";
import { ClockSamples } from "./clock-samples.ts";
import { adoptBeside } from "./enter-state.ts";
import { leaveView } from "./enter-view.ts";
import { type Fetch, type FetchPurpose, isInsideLog } from "./fetch.ts";
import { isStranger } from "./incarnations.ts";
import { endLoss } from "./lost-disk.ts";
import { type CarriedChange, changesBehind, selectLog } from "@quorate/proof";
import { carrierContextOf } from "./proof.ts";
import { quorumOf } from "./quorum.ts";
import { adoptInPlace, beginFetch, isOwnLog, refuseLog } from "./repair.ts";
import { dropFetch } from "./state-transfer.ts";
import { broadcast, statementOf } from "./speak.ts";
import { ignore, isPrimary, primaryIndex, type Replica } from "./state.ts";
import { writeSuperblock } from "./superblock-writes.ts";
import { restartViewChangeTimer } from "./timeout.ts";

/** Step 3 at the new primary: as soon as a quorum is in, and again with each later one. */
export function considerCollected(replica: Replica): void {
  const { voterCount, admission } = replica.identity;
  if (replica.collected.size < quorumOf(voterCount) || replica.fetch !== null) return;
  const used = [...replica.collected.values()];
  const messages = used.map(({ message }) => message);
  const selection = selectLog(messages, voterCount, admission.sha256);
  switch (selection.kind) {
    case "conflict":
      return raise(
        replica,
        selection.reason === "heads" ? "conflicting-do-view-changes" : "commit-above-the-log",
        `view ${replica.view}`,
      );
    case "unreadable":
      return raise(replica, "entry-held-by-nobody", `op ${selection.op}`);
    case "selected":
      return installLog(replica, "start", selection.head, selection.commit, used);
  }
}

function installLog(
  replica: Replica,
  purpose: FetchPurpose,
  top: LogPosition,
  commit: Op,
  used: readonly CarriedChange[],
): void {
  const { sha256 } = replica.identity.admission;
  const known = new Map<string, EntryHeader>();
  for (const { message } of used) {
    for (const { header } of message.headers) {
      known.set(hexEncode(hashEntryHeader(header, sha256)), header);
    }
  }
  const doViewChanges = used.map(({ statement }) => statement);
  const holder = used.find(({ sender, message }) => {
    return sender !== replica.identity.index && message.head.op >= top.op;
  });
  const peer =
    purpose === "start" ? (holder?.sender ?? primaryIndex(replica)) : primaryIndex(replica);
  beginFetch(replica, { purpose, top, commit, doViewChanges, known, peer });
}

/** Step 5 at a backup: accepted by rule A1, and only if the selection can be repeated. */
export function onStartView(
  replica: Replica,
  { header }: Admitted,
  message: MessageOf<"startView">,
): void {
  const command = "startView";
  if (replica.isDiskLost) return ignore(replica, command, "disk lost");
  if (header.view < replica.view) return ignore(replica, command, "older view");
  if (header.sender !== header.view % replica.identity.voterCount) {
    return ignore(replica, command, "not from the primary");
  }
  // What readmitted the sender may be above the commit of a selection for which it did not count.
  if (isStranger(replica, header, message.head.op)) {
    return ignore(replica, command, "not readmitted");
  }
  if (header.view === replica.view && replica.lastNormalView === replica.view) {
    return ignore(replica, command, "already installed");
  }
  if (header.view === replica.view && replica.fetch?.purpose === "follow") {
    return ignore(replica, command, "already held");
  }
  if (header.view === replica.view && replica.isLogRefused) {
    return ignore(replica, command, "executed entry left out");
  }
  const used = changesBehind(header.view, message, carrierContextOf(replica.identity));
  if (used === null) return ignore(replica, command, "selection not valid");
  if (replica.status === "recovering" && header.view === replica.view) {
    return ignore(replica, command, "head uncertain");
  }
  follow(replica, header.view, message, used);
}

function follow(
  replica: Replica,
  view: Admitted["header"]["view"],
  message: MessageOf<"startView">,
  used: readonly CarriedChange[],
): void {
  const isRecovering = replica.status === "recovering";
  const isMove = view > replica.view;
  if (isMove) leaveView(replica, view, message.votes);
  if (isRecovering) replica.status = "recovering";
  installLog(replica, "follow", message.head, message.commit, used);
  // The proof is durable before anything is fetched for long: a restart then finds it (rule L1).
  const isFetching = replica.fetch !== null && replica.fetch.state !== "complete";
  if (isMove && isFetching && !isRecovering) {
    writeSuperblock(replica, replica.log.head, "view-entered");
  }
}

/** Everything up to the new head is on disk: the log changes, and the superblock with it. */
export function adoptFetchedLog(replica: Replica): void {
  const { fetch } = replica;
  if (fetch === null || fetch.state !== "complete" || isInsideLog(fetch)) return;
  const { load } = replica;
  if (load !== null && isOwnLog(replica, load)) return adoptInPlace(replica, load);
  const fork = present(fetch.fork, "the chain met the log");
  // Since the chain met the log, entries that were read from the disk may have been executed.
  if (fork < replica.executed) return refuseLog(replica, fetch);
  fetch.state = "adopted";
  const { sha256 } = replica.identity.admission;
  if (fetch.base === null) replica.log.cutAbove(fork);
  else if (!adoptBeside(replica, present(load), fetch.base)) return dropFetch(replica);
  for (const header of fetch.chain.toReversed()) {
    replica.log.push(header, hashEntryHeader(header, sha256), "present");
  }
  replica.lastNormalView = replica.view;
  replica.isHeadUncertain = false;
  if (fetch.purpose === "readmit") endLoss(replica);
  replica.doViewChange = null;
  replica.startHead = fetch.top;
  replica.commit = opMax(replica.commit, fetch.commit);
  writeSuperblock(replica, fetch.top, "view-installed");
}

/** The superblock names this view as normal: only now may anything be said in it (rule S2). */
export function onViewInstalled(replica: Replica): void {
  const { fetch } = replica;
  // The head may have become uncertain meanwhile: then this log is not the whole one (rule S5).
  if (fetch?.state !== "adopted") return;
  replica.fetch = null;
  replica.status = "normal";
  replica.viewsFailed = 0;
  endAlarms(replica, "entry-held-by-nobody", "foreign-chain");
  replica.collected.clear();
  replica.votes.clear();
  restartViewChangeTimer(replica);
  if (isPrimary(replica) && fetch.purpose === "start") startView(replica, fetch);
  else acknowledgeStart(replica);
}

/** Step 3, its end: from here on this process may prepare in this view (rule S4). */
function startView(replica: Replica, fetch: Fetch): void {
  const { config } = replica.identity.admission;
  const statement = statementOf(replica, {
    command: "startView",
    head: fetch.top,
    commit: fetch.commit,
    votes: replica.viewProof,
    doViewChanges: fetch.doViewChanges,
  });
  replica.acting = {
    startView: statement,
    isStartCommitted: fetch.top.op === 0,
    waiting: [],
    bytesWaiting: 0,
    inFlight: new Map(),
    notedOp: replica.executed,
    acknowledgements: new Map(),
    certificate: null,
    heardAt: config.members.map(() => null),
    storedOps: config.members.map(() => 0),
    confirmed: config.members.map(() => 0),
    heartbeat: 0,
    heartbeatAt: replica.now,
    since: replica.now,
    progress: 0,
    progressAt: replica.now,
    readmissions: new Map(),
    clocks: new ClockSamples(),
    clockRejects: new Set(),
    pulseOp: 0,
  };
  broadcast(replica, statement);
  acknowledgeStart(replica);
}
