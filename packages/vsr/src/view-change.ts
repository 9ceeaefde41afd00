/**
 * View change: VRR §4.2.
 *
 * Deviates from VRR: a replica first only votes, and moves its view when a quorum has voted, so
 * that one that is cut off cannot disturb the others. The votes are the proof of the view; they
 * are durable with it and travel with everything that is said about it (rule L1).
 */
import { assert, present } from "@quorate/prelude";
import { type Admitted, type Command, type MessageOf, viewAfter } from "@quorate/protocol";
import { isBarred, mayVote } from "./barred.ts";
import { enterView } from "./enter-view.ts";
import { isStranger } from "./incarnations.ts";
import { considerCollected } from "./start-view.ts";
import { isWellFormed } from "@quorate/proof";
import { quorumOf } from "./quorum.ts";
import { admitEmbedded, isProofOf } from "./proof.ts";
import { broadcast, sendPacket, statementOf, tell } from "./speak.ts";
import { ignore, isPrimary, primaryIndex, type Replica } from "./state.ts";
import { isViewDurable } from "./superblock-writes.ts";
import { isRepeatDue, isViewChangeDue } from "./timeout.ts";

/** Step 1, as a vote: repeated while the timer is expired; the voter stays where it is. */
export function voteWhenDue(replica: Replica): void {
  expireVotes(replica);
  if (replica.status === "recovering" || replica.acting !== null) return;
  if (!isViewDurable(replica)) return;
  if (isViewChangeDue(replica) && mayVote(replica)) {
    if (isRepeatDue(replica)) vote(replica);
  } else if (replica.status === "view-change" && isRepeatDue(replica)) {
    sendDoViewChange(replica);
  }
}

function vote(replica: Replica): void {
  const statement = statementOf(replica, { command: "startViewChange" }, viewAfter(replica.view));
  const proof = proofStatement(replica);
  if (proof !== null) broadcast(replica, proof);
  broadcast(replica, statement);
  replica.votes.set(replica.identity.index, { statement, at: replica.now });
  countVotes(replica);
  if (replica.status === "view-change") sendDoViewChange(replica);
}

/** Step 1 at the receiver: counts senders, never messages. */
export function onStartViewChange(replica: Replica, { header, statement }: Admitted): void {
  if (replica.status === "recovering") return ignore(replica, "startViewChange", "head uncertain");
  if (header.view <= replica.view) return ignore(replica, "startViewChange", "older view");
  if (header.view > viewAfter(replica.view)) {
    return ignore(replica, "startViewChange", "newer view");
  }
  if (header.sender >= replica.identity.voterCount) return;
  replica.votes.set(header.sender, { statement, at: replica.now });
  countVotes(replica);
}

function countVotes(replica: Replica): void {
  if (replica.votes.size < quorumOf(replica.identity.voterCount)) return;
  const proof = [...replica.votes.values()].map((each) => each.statement);
  enterView(replica, viewAfter(replica.view), proof);
}

function expireVotes(replica: Replica): void {
  const { voteWindowTicks } = replica.identity.options;
  for (const [sender, { at }] of replica.votes) {
    if (replica.now - at > voteWindowTicks) replica.votes.delete(sender);
  }
}

/** A lower replica learns of a view that a quorum wanted, and moves there (rule L1). */
export function onViewProof(
  replica: Replica,
  { header }: Admitted,
  message: MessageOf<"viewProof">,
): void {
  if (replica.status === "recovering") return ignore(replica, "viewProof", "head uncertain");
  if (header.view <= replica.view) return ignore(replica, "viewProof", "older view");
  if (!isProofOf(replica.identity, header.view, message.votes)) {
    return ignore(replica, "viewProof", "proof not valid");
  }
  enterView(replica, header.view, message.votes);
}

/** Step 2, once the view is durable; repeated until the StartView arrives. */
export function sendDoViewChange(replica: Replica): void {
  const { doViewChange } = replica;
  // The head may have become uncertain while the view was written (rule S5).
  if (replica.status === "recovering") return;
  if (isBarred(replica)) return declineView(replica);
  if (doViewChange === null || !isViewDurable(replica)) return;
  if (isPrimary(replica)) return collectOwn(replica, doViewChange);
  const to = { kind: "replica", index: primaryIndex(replica) } as const;
  const proof = proofStatement(replica);
  if (proof !== null) sendPacket(replica, to, proof);
  sendPacket(replica, to, doViewChange);
}

/** Rule S11: a barred replica says nothing of its log; as primary it sends everybody onwards. */
function declineView(replica: Replica): void {
  if (!isPrimary(replica) || !isViewDurable(replica)) return;
  const proof = proofStatement(replica);
  if (proof !== null) broadcast(replica, proof);
  broadcast(replica, statementOf(replica, { command: "stepDown" }));
}

/** Step 3 at the new primary: collects those of this view alone, one for each sender. */
export function onDoViewChange(
  replica: Replica,
  { header, statement }: Admitted,
  message: MessageOf<"doViewChange">,
): void {
  const command = "doViewChange";
  if (replica.status === "recovering") return ignore(replica, command, "head uncertain");
  if (isBarred(replica)) return ignore(replica, command, "barred");
  if (header.view < replica.view) return ignore(replica, command, "older view");
  if (header.view > replica.view) return ignore(replica, command, "newer view");
  if (!isPrimary(replica)) return ignore(replica, command, "not the primary of that view");
  if (replica.lastNormalView === replica.view) return ignore(replica, command, "already installed");
  if (header.sender >= replica.identity.voterCount) return;
  if (isStranger(replica, header, message.commit))
    return ignore(replica, command, "not readmitted");
  const { config, configDigest, sha256 } = replica.identity.admission;
  if (!isWellFormed(message, header.view, config.pipelineMax, configDigest, sha256)) {
    return ignore(replica, command, "not chained");
  }
  if (replica.collected.has(header.sender)) return;
  replica.collected.set(header.sender, { sender: header.sender, message, statement });
  considerCollected(replica);
}

function collectOwn(replica: Replica, statement: Uint8Array): void {
  const { index } = replica.identity;
  if (replica.collected.has(index) || replica.lastNormalView === replica.view) return;
  const own = present(admitEmbedded(replica.identity, statement), "our own statement is good");
  const { message } = own;
  assert(message.command === "doViewChange", "what was stored is a DoViewChange");
  replica.collected.set(index, { sender: index, message, statement });
  considerCollected(replica);
}

/**
 * Views of sender and receiver differ: the lower one is told what proves the higher (rule L1). A
 * replica that lacks the StartView of its own view asks for it. At most once per interval and peer.
 */
export function settleViews(replica: Replica, { header }: Admitted): void {
  // A checkpoint is said in the view in which its entry was created, whatever the view is now.
  if (header.command === "checkpoint") return;
  // A lost disk knows no view, and learns of none but by its readmission.
  if (replica.isDiskLost || header.command === "readmission") return;
  const isVote = header.command === "startViewChange";
  const senderView = isVote ? header.view - 1 : header.view;
  if (senderView < replica.view) return answerWithView(replica, header.sender);
  if (header.command === "doViewChange" && replica.acting !== null) {
    return answerWithView(replica, header.sender);
  }
  const bringsView = header.command === "viewProof" || header.command === "startView";
  if (bringsView) return;
  if (senderView > replica.view || lacksStartView(replica, header.command)) {
    askForView(replica, header.sender);
  }
}

function lacksStartView(replica: Replica, command: Command): boolean {
  if (command !== "prepare" && command !== "commit") return false;
  return replica.lastNormalView < replica.view && replica.fetch === null && isViewDurable(replica);
}

function answerWithView(replica: Replica, sender: number): void {
  const answer = replica.acting?.startView ?? proofStatement(replica);
  if (answer === null || !isViewDurable(replica) || !mayAnswer(replica, sender)) return;
  sendPacket(replica, { kind: "replica", index: sender }, answer);
}

/** Shows the sender our view, and it will answer with its own. */
function askForView(replica: Replica, sender: number): void {
  if (!mayAnswer(replica, sender)) return;
  tell(replica, sender, { command: "recovery", nonce: replica.identity.bootNonce });
}

function mayAnswer(replica: Replica, sender: number): boolean {
  const last = replica.answeredAt.get(sender);
  if (last !== undefined && replica.now - last < replica.identity.options.repeatTicks) return false;
  replica.answeredAt.set(sender, replica.now);
  return true;
}

function proofStatement(replica: Replica): Uint8Array | null {
  if (replica.viewProof.length === 0) return null;
  return statementOf(replica, { command: "viewProof", votes: replica.viewProof });
}
