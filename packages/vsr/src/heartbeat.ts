/** Heartbeats and abdication: VRR §4.1 step 6, rules S6 and L7. */
import { type Admitted, type MessageOf, asOp } from "@quorate/protocol";
import { acknowledge, learnCommit } from "./acknowledge.ts";
import { raise } from "./alarm.ts";
import { barredViews, isBarred } from "./barred.ts";
import { clockErrorMicros, sampleClock } from "./clock-samples.ts";
import { reasonAgainstPrimary } from "./prepare.ts";
import { nackQuorumOf, quorumOf } from "./quorum.ts";
import { hasQuorumOfOthers } from "./readmission.ts";
import { beginCatchUp } from "./repair.ts";
import { broadcast, statementOf, tell } from "./speak.ts";
import { type ActingPrimary, ignore, type Replica } from "./state.ts";
import { abdicate, handOver } from "./step-down.ts";
import { restartViewChangeTimer } from "./timeout.ts";

/** The primary's own ticks. */
export function beat(replica: Replica): void {
  const { acting } = replica;
  if (acting === null) return;
  if (isDeserted(replica, acting)) return abdicate(replica);
  if (isStateMissing(replica, acting) || isDiskStuck(replica, acting)) return handOver(replica);
  if (replica.now >= acting.heartbeatAt) sendHeartbeat(replica, acting);
}

/** Tells the commit, and names the entry whose PrepareOk is wanted: this primary's newest. */
export function sendHeartbeat(replica: Replica, acting: ActingPrimary): void {
  acting.heartbeat += 1;
  acting.heartbeatAt = replica.now + replica.identity.options.heartbeatTicks;
  acting.confirmed[replica.identity.index] = acting.heartbeat;
  acting.clocks.noteSent(acting.heartbeat, replica.clockMicros);
  const statement = statementOf(replica, {
    command: "commit",
    commit: replica.commit,
    certificate: acting.certificate,
    head: replica.log.positionAt(replica.log.storedOp),
    nonce: acting.heartbeat,
  });
  broadcast(replica, statement);
}

/** Step 7 at a backup; answered by those that are normal in this view, and by no others. */
export function onCommit(
  replica: Replica,
  { header }: Admitted,
  message: MessageOf<"commit">,
): void {
  const reason = reasonAgainstPrimary(replica, header.view, header.sender);
  if (reason !== null) return ignore(replica, "commit", reason);
  restartViewChangeTimer(replica);
  const { head, commit, certificate, nonce } = message;
  learnCommit(replica, commit);
  const stored = replica.log.storedOp;
  const clockMicros = Math.floor(replica.clockMicros);
  tell(replica, header.sender, {
    command: "commitOk",
    nonce,
    stored,
    clockMicros,
    isBarred: isBarred(replica),
  });
  if (head.op > replica.log.headOp) return beginCatchUp(replica, head, commit);
  // A PrepareOk may have been lost: the primary wants it until a certificate of this view covers
  // its head, which says more than the commit: StartView.op may have been committed before.
  const covered = certificate?.view === replica.view ? certificate.op : 0;
  const isWanted = covered < head.op && head.op <= replica.log.storedOp;
  if (isWanted && replica.log.holds(head)) acknowledge(replica, head.op);
}

export function onCommitOk(
  replica: Replica,
  { header }: Admitted,
  message: MessageOf<"commitOk">,
): void {
  const { acting } = replica;
  if (acting === null || header.view !== replica.view) {
    return ignore(replica, "commitOk", "not the acting primary");
  }
  const { sender } = header;
  acting.heardAt[sender] = replica.now;
  // Rule S11: the old disk of a barred one may have promised itself to a newer view.
  if (message.isBarred) return letBackIn(replica, sender);
  acting.confirmed[sender] = Math.max(acting.confirmed[sender] ?? 0, message.nonce);
  acting.storedOps[sender] = Math.max(acting.storedOps[sender] ?? 0, asOp(message.stored));
  sampleClock(replica, acting, sender, message);
  const errorMicros = clockErrorMicros(replica, acting);
  if (errorMicros === null) return;
  const detail = `view ${replica.view}, by ${Math.round(errorMicros)} microseconds`;
  raise(replica, "clock-apart", detail);
  handOver(replica);
}

/**
 * A backup has installed the log that readmits it, and still may promise nothing: the cluster goes
 * two views further, by hand-overs. Bounded by what was executed: nobody can ask for more.
 */
function letBackIn(replica: Replica, member: number): void {
  const { acting, incarnations, view } = replica;
  const readmittedIn = incarnations.readmittedIn(member);
  if (acting === null || readmittedIn === 0 || view >= readmittedIn + barredViews) return;
  handOver(replica);
}

/** Enough backups refuse the primary's time: another clock must lead (rule L4). */
export function onRejectClock(
  replica: Replica,
  { header }: Admitted,
  message: MessageOf<"rejectClock">,
): void {
  const { acting } = replica;
  if (acting === null || header.view !== replica.view) {
    return ignore(replica, "rejectClock", "not the acting primary");
  }
  acting.clockRejects.add(header.sender);
  if (acting.clockRejects.size < nackQuorumOf(replica.identity.voterCount)) return;
  raise(replica, "clock-ahead", `view ${replica.view}, by ${message.aheadMicros} microseconds`);
  handOver(replica);
}

/** No quorum has acknowledged anything for too long: this primary leads nobody. */
function isDeserted(replica: Replica, acting: ActingPrimary): boolean {
  const { voterCount, options, index } = replica.identity;
  const since = replica.now - options.abdicateTicks;
  if (acting.since > since) return false;
  const heard = acting.heardAt.filter((at, member) => {
    return member === index || (member < voterCount && at !== null && at > since);
  });
  return heard.length < quorumOf(voterCount);
}

/**
 * Its own disk takes nothing of what it has appended, or gives nothing of what it should execute, for
 * as long as the start of a view may take at most. The backups may hold it all and commit it, but
 * nobody answers: one of them can.
 */
function isDiskStuck(replica: Replica, acting: ActingPrimary): boolean {
  const { log, executed, commit, now, identity } = replica;
  const { op: settled } = log.settledHead;
  const isIdle = settled === log.headOp && executed === commit;
  if (isIdle || settled + executed > acting.progress) {
    acting.progress = settled + executed;
    acting.progressAt = now;
  }
  if (!hasQuorumOfOthers(identity.voterCount)) return false;
  return now - acting.progressAt > identity.options.viewChangeTicksMax;
}

/** It cannot read its own state for too long: another one can lead, and give it what is lost. */
function isStateMissing(replica: Replica, acting: ActingPrimary): boolean {
  const { voterCount, options } = replica.identity;
  if (replica.isStateOpen || voterCount === 1) return false;
  return replica.now - acting.since > options.abdicateTicks;
}
