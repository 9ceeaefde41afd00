/** What peers answer to a fetch, and what the journal has written of it: VRR §5.2, rule L3. */
import { bytesEqual, hexEncode } from "@quorate/prelude";
import {
  type Admitted,
  asOp,
  type Entry,
  entryBodyBytesMax,
  type EntryHeader,
  hashEntryHeader,
  isBodyOf,
  type MessageOf,
} from "@quorate/protocol";
import { acknowledgeFrom } from "./acknowledge.ts";
import { type Fetch, isInsideLog, isOfferAwaited } from "./fetch.ts";
import { onBlocks } from "./fetch-blocks.ts";
import { areRequestsAdmitted } from "./new-entry.ts";
import { advanceFetch, isWaitingForPeer } from "./repair.ts";
import { acceptOffer } from "./state-transfer.ts";
import { ignore, primaryIndex, type Replica } from "./state.ts";
import { restartViewChangeTimer } from "./timeout.ts";

/** Verified progress may restart the view change timer this often in one fetch. */
const timerRestartsMax = 1_000;

/** Headers, newest first; only those that continue the chain are looked at. */
export function onNewState(
  replica: Replica,
  { header }: Admitted,
  message: MessageOf<"newState">,
): void {
  const { fetch } = replica;
  const isAsking = fetch?.state === "headers" || fetch?.state === "bodies";
  if (fetch === null || !isAsking || !isAnswer(fetch, message.nonce)) {
    return ignore(replica, "newState", "not asked for");
  }
  const isLonger = learnHeaders(replica, fetch, message.headers);
  const { checkpoint } = message;
  const isByOffer = checkpoint !== null && acceptOffer(replica, fetch, checkpoint);
  if (replica.fetch !== fetch) return;
  if (isOfferAwaited(fetch)) return ignore(replica, "newState", "not asked for");
  if (!isLonger && !isByOffer) return ignore(replica, "newState", "not chained");
  noteInTime(fetch, message.nonce);
  noteProgress(replica, fetch, header.sender);
  advanceFetch(replica, fetch);
}

/** A late answer is as good as any: what it brings is taken for its hash. */
function isAnswer({ noncesAbove, nonce }: Fetch, named: number): boolean {
  return noncesAbove < named && named <= nonce;
}

/** Patience grows with each answer that is late, and shrinks with each that is not. */
function noteInTime(fetch: Fetch, nonce: number): void {
  if (nonce === fetch.nonce) fetch.silences = Math.max(0, fetch.silences - 1);
}

/** Keeps the headers that continue the chain; returns whether there were any. */
function learnHeaders(
  replica: Replica,
  fetch: Fetch,
  headers: MessageOf<"newState">["headers"],
): boolean {
  if (fetch.state !== "headers") return false;
  const { sha256 } = replica.identity.admission;
  let wanted = fetch.cursor;
  for (const header of headers) {
    const hash = hashEntryHeader(header, sha256);
    if (header.op !== wanted.op || !bytesEqual(hash, wanted.hash)) break;
    fetch.known.set(hexEncode(hash), header);
    wanted = { op: asOp(header.op - 1), hash: header.parent };
  }
  return wanted.op < fetch.cursor.op;
}

/**
 * Whole entries; each is taken for its hash, whoever sent it. The hash says that somebody holds the
 * entry, not that anybody asked for what is in it: a selection may have to believe one member alone.
 */
export function onEntries(
  replica: Replica,
  { header, attachment }: Admitted,
  message: MessageOf<"entries">,
): void {
  const { fetch } = replica;
  if (fetch === null || fetch.state !== "bodies" || !isAnswer(fetch, message.nonce)) {
    return ignore(replica, "entries", "not asked for");
  }
  const wanted = new Set([...fetch.missing, ...fetch.ahead].map(({ hash }) => hexEncode(hash)));
  const entries = entriesIn(replica, message.headers, attachment);
  const named = entries.filter(({ hash }) => wanted.has(hexEncode(hash)));
  if (named.length === 0) return ignore(replica, "entries", "not asked for");
  // Those that go on inside the log are judged in their turn, or were when it took them.
  const good = isInsideLog(fetch)
    ? named
    : named.filter(({ body }) => areRequestsAdmitted(replica, body));
  if (good.length === 0) return ignore(replica, "entries", "request not admitted");
  for (const entry of good) replica.cache.put(entry);
  noteInTime(fetch, message.nonce);
  noteProgress(replica, fetch, header.sender);
  advanceFetch(replica, fetch);
}

/** Cuts the attachment into bodies and keeps those that are what their headers say. */
function entriesIn(
  replica: Replica,
  headers: readonly EntryHeader[],
  attachment: Uint8Array,
): Entry[] {
  const { sha256 } = replica.identity.admission;
  const entries: Entry[] = [];
  let offset = 0;
  for (const header of headers) {
    const body = attachment.slice(offset, offset + Math.min(header.bodyBytes, entryBodyBytesMax));
    offset += body.length;
    if (!isBodyOf(header, body, sha256)) continue;
    entries.push({ header, hash: hashEntryHeader(header, sha256), body });
  }
  return entries;
}

/**
 * Rule L3: a transfer that gets on is no reason to change the view, a bounded number of times. But of
 * a primary that leads only its own answers are a sign of life: one that is dead must be voted out,
 * however much the others give.
 */
function noteProgress(replica: Replica, fetch: Fetch, sender: number): void {
  if (fetch.restarts >= timerRestartsMax) return;
  if (replica.status === "normal" && sender !== primaryIndex(replica)) return;
  fetch.restarts += 1;
  restartViewChangeTimer(replica);
}

/** Bodies that were written beside the log are on disk. */
export function onRepaired(replica: Replica, entries: readonly Entry[]): void {
  const { log, fetch } = replica;
  const before = log.storedOp;
  for (const { header, hash } of entries) {
    if (log.slotAt(header.op)?.state === "corrupt") log.markRepaired({ op: header.op, hash });
  }
  acknowledgeFrom(replica, before);
  if (fetch === null) return;
  // By hash: what an older fetch has written may complete while this one still waits for its own.
  for (const { hash } of entries) fetch.writing.delete(hexEncode(hash));
  if (fetch.state === "bodies") advanceIfStored(replica, fetch);
}

function advanceIfStored(replica: Replica, fetch: Fetch): void {
  if (fetch.writing.size === 0 && !isWaitingForPeer(fetch)) advanceFetch(replica, fetch);
}

/** Blocks of the state that is being transferred or opened. */
export function onBlocksAnswer(
  replica: Replica,
  admitted: Admitted,
  message: MessageOf<"blocks">,
): void {
  const { fetch } = replica;
  if (!onBlocks(replica, admitted, message) || fetch === null) return;
  noteProgress(replica, fetch, admitted.header.sender);
}
