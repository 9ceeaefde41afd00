/**
 * An old copy of the disk: rule S12. Peers tell a member what it has signed last; a disk that knows
 * less has been put back to an earlier time, and what was promised since is forgotten. The member
 * stops: its way back is that of a lost disk (rule S11).
 *
 * One case has a likelier cause: all views are known, and the log of the last one is too short. So
 * does a tail look that was torn or rotted (rule L5). Then the head is uncertain (rule S5).
 */
import { bytesEqual, DecodeError } from "@quorate/prelude";
import {
  decodeBody,
  decodeStatementHeader,
  type Message,
  type MessageOf,
  splitPacket,
  type StatementHeader,
  statementOverheadBytes,
} from "@quorate/protocol";
import { raise } from "./alarm.ts";
import { tell } from "./speak.ts";
import { dropFetch } from "./state-transfer.ts";
import { type Identity, ignore, type Replica } from "./state.ts";
import { writeSuperblock } from "./superblock-writes.ts";

/** A link to a peer is new: it may have started again, and is told what is remembered of it. */
export function remind(replica: Replica, member: number): void {
  const statements = replica.remembered.of(member);
  if (statements.length > 0) tell(replica, member, { command: "remembered", statements });
}

export function onRemembered(replica: Replica, { statements }: MessageOf<"remembered">): void {
  for (const statement of statements) {
    const said = ownStatement(replica.identity, statement);
    if (said === null) {
      // Of another life of this disk, perhaps: what is remembered beside it may be of this one.
      ignore(replica, "remembered", "proof not valid");
      continue;
    }
    if (isTailForgotten(replica, said)) return doubtHead(replica);
    const forgotten = whatIsForgotten(replica, said);
    if (forgotten === null) continue;
    const detail = `this disk does not know of ${forgotten}, for which this member has signed`;
    replica.effects.push({ kind: "stop", reason: "rolled-back", detail });
    return;
  }
}

interface Said {
  readonly header: StatementHeader;
  /** Null when the body did not come with it. */
  readonly message: Message | null;
}

/** What this very life of the disk has signed; null for anything else. */
function ownStatement(identity: Identity, statement: Uint8Array): Said | null {
  try {
    const header = decodeStatementHeader(statement);
    if (!isSignedHere(identity, header, statement)) return null;
    const body = statement.subarray(statementOverheadBytes);
    if (body.length === 0 && header.bodyBytes > 0) return { header, message: null };
    const isWhole = bytesEqual(identity.admission.sha256(body), header.bodyDigest);
    return isWhole ? { header, message: decodeBody(header.command, body) } : null;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function isSignedHere(identity: Identity, header: StatementHeader, statement: Uint8Array): boolean {
  const { index, signer, admission } = identity;
  const { config, configDigest, verify } = admission;
  const publicKey = config.members[index]?.publicKey;
  const isOwn =
    header.role === "replica" &&
    header.sender === index &&
    header.incarnation === signer.incarnation &&
    header.epoch === config.epoch &&
    bytesEqual(header.keyId, signer.keyId) &&
    bytesEqual(header.configDigest, configDigest);
  if (!isOwn || publicKey === undefined) return false;
  const { signed, signature } = splitPacket(statement, 0);
  return verify(publicKey, signed, signature);
}

/**
 * The views are compared first, then the logs, as the rule has it. Never for what a legal cut, or
 * rot that has been noticed, explains: within a view, and below a checkpoint, nothing is cut.
 */
function whatIsForgotten(replica: Replica, { header, message }: Said): string | null {
  const { view, lastNormalView, log, isHeadUncertain } = replica;
  if (message?.command === "checkpoint") {
    const isGone = message.op > log.headOp && !isHeadUncertain;
    return isGone ? `the checkpoint at op ${message.op}` : null;
  }
  if (header.view > view) return `view ${header.view}`;
  const isOfLog = message?.command === "prepareOk" && header.view > lastNormalView;
  return isOfLog ? `the log of view ${header.view}` : null;
}

function isTailForgotten({ lastNormalView, log }: Replica, { header, message }: Said): boolean {
  if (message?.command !== "prepareOk") return false;
  return header.view === lastNormalView && message.op > log.headOp;
}

/** From now on, and over restarts, nothing is promised until a log is installed whole. */
function doubtHead(replica: Replica): void {
  if (replica.isHeadUncertain) return;
  raise(replica, "tail-forgotten", `view ${replica.lastNormalView}, head ${replica.log.headOp}`);
  replica.isHeadUncertain = true;
  replica.acting = null;
  replica.status = "recovering";
  dropFetch(replica);
  writeSuperblock(replica, replica.log.settledHead, "head-uncertain");
}
