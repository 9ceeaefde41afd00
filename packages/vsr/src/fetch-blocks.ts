/**
 * Blocks from peers: VRR §5.2. Asked of several in parallel, taken for their digests alone.
 *
 * A peer that sends other bytes than the digest names is asked no more in this load; one that does
 * not answer in time is passed over for the others, and what it was asked for is asked again. If its
 * answer comes late, it is taken all the same.
 */
import { bytesEqual } from "@quorate/prelude";
import { type Admitted, type Block, blocksPerRequestMax, type MessageOf } from "@quorate/protocol";
import { raise } from "./alarm.ts";
import { noteTransferred } from "./free-blocks.ts";
import type { StateLoad, Wanted } from "./load-state.ts";
import { tell } from "./speak.ts";
import { ignore, otherMembers, type Replica } from "./state.ts";
import { nextToken } from "./superblock-writes.ts";
import { answerTicks } from "./timeout.ts";

/** Questions to one peer whose answers are late and still taken. */
const lateMax = 8;

/** What is asked of peers in one load. */
export interface PeerQuestions {
  /** Questions that are out, by nonce, oldest first; of each peer one that is not late. */
  readonly out: Map<number, Question>;
  /** Peers that sent wrong bytes. */
  readonly banned: Set<number>;
  /** How often a peer did not answer in time, less how often it did. */
  readonly silences: Map<number, number>;
  /** Peers that have not answered since they last did not in time. */
  readonly silent: Set<number>;
}

interface Question {
  readonly peer: number;
  readonly wanted: readonly Wanted[];
  readonly askedAt: number;
  isLate: boolean;
}

export function newQuestions(): PeerQuestions {
  return { out: new Map(), banned: new Set(), silences: new Map(), silent: new Set() };
}

/** The link to a peer is new: what it left unanswered says nothing of the answers to come. */
export function forgetSilences(peers: PeerQuestions, peer: number): void {
  peers.silences.delete(peer);
  peers.silent.delete(peer);
}

/**
 * Spreads what is missing over the peers that are idle; who is silent is asked only when all are.
 * The load fails when nobody who answers holds a block: one that is down may never come back to deny
 * it, and the others may have a newer state.
 */
export function askPeersForBlocks(
  replica: Replica,
  load: StateLoad,
  peers: PeerQuestions,
  missing: readonly Wanted[],
): void {
  giveUpOverdue(replica, peers);
  const trusted = otherMembers(replica).filter((peer) => !peers.banned.has(peer));
  const heard = trusted.filter((peer) => !peers.silent.has(peer));
  const answering = heard.length > 0 ? heard : trusted;
  if (missing.some(({ deniedBy }) => answering.every((peer) => deniedBy.has(peer)))) {
    load.state = "failed";
    return;
  }
  const inTime = [...peers.out.values()].filter(({ isLate }) => !isLate);
  const busy = new Set(inTime.map(({ peer }) => peer));
  const silences = (peer: number): number => peers.silences.get(peer) ?? 0;
  const idle = answering.filter((peer) => !busy.has(peer));
  const share = Math.min(blocksPerRequestMax, Math.ceil(missing.length / idle.length));
  let left = [...missing];
  for (const peer of idle.toSorted((a, b) => silences(a) - silences(b))) {
    const some = left.filter(({ deniedBy }) => !deniedBy.has(peer)).slice(0, share);
    if (some.length === 0) continue;
    left = left.filter((each) => !some.includes(each));
    ask(replica, peers, peer, some);
  }
}

function ask(
  replica: Replica,
  peers: PeerQuestions,
  peer: number,
  wanted: readonly Wanted[],
): void {
  for (const each of wanted) each.state = "asked";
  const nonce = nextToken(replica);
  peers.out.set(nonce, { peer, wanted, askedAt: replica.now, isLate: false });
  tell(replica, peer, { command: "getBlocks", nonce, digests: wanted.map(({ digest }) => digest) });
}

function giveUpOverdue(replica: Replica, peers: PeerQuestions): void {
  for (const question of peers.out.values()) {
    const { peer, wanted, askedAt, isLate } = question;
    const silences = peers.silences.get(peer) ?? 0;
    if (isLate || replica.now - askedAt < answerTicks(replica, silences)) continue;
    question.isLate = true;
    forgetOldestLate(peers, peer);
    peers.silences.set(peer, silences + 1);
    peers.silent.add(peer);
    for (const each of wanted) if (each.state === "asked") each.state = "missing";
  }
}

/** Of too many late questions to a peer the oldest is forgotten. */
function forgetOldestLate(peers: PeerQuestions, peer: number): void {
  const late = [...peers.out].filter(([, each]) => each.isLate && each.peer === peer);
  const [oldest] = late;
  if (oldest !== undefined && late.length > lateMax) peers.out.delete(oldest[0]);
}

/** Returns whether anything was gained. */
export function onBlocks(
  replica: Replica,
  { header, attachment }: Admitted,
  { nonce, lengths }: MessageOf<"blocks">,
): boolean {
  const { load } = replica;
  const question = load?.peers?.out.get(nonce);
  if (load?.peers === null || load === null || question?.peer !== header.sender) {
    ignore(replica, "blocks", "not asked for");
    return false;
  }
  const { peers } = load;
  peers.out.delete(nonce);
  peers.silent.delete(question.peer);
  const silences = peers.silences.get(question.peer) ?? 0;
  if (!question.isLate) peers.silences.set(question.peer, Math.max(0, silences - 1));
  const blocks = take(replica, peers, question, lengths, attachment);
  if (blocks.length === 0) return false;
  store(replica, load, blocks);
  noteTransferred(replica, load, blocks.length);
  return true;
}

/** Blocks of a load go to the block store; until they are there it is not complete (rule A7). */
export function store(replica: Replica, load: StateLoad, blocks: readonly Block[]): void {
  const token = nextToken(replica);
  replica.storing.set(token, load);
  replica.effects.push({ kind: "write-blocks", blocks, token });
}

function take(
  replica: Replica,
  peers: PeerQuestions,
  { wanted, peer }: Question,
  lengths: readonly (number | null)[],
  attachment: Uint8Array,
): Block[] {
  const { sha256 } = replica.identity.admission;
  const blocks: Block[] = [];
  let offset = 0;
  for (const [index, each] of wanted.entries()) {
    if (each.state === "asked") each.state = "missing";
    const length = lengths[index];
    if (length === undefined) continue;
    if (length === null) {
      each.deniedBy.add(peer);
      continue;
    }
    const bytes = attachment.slice(offset, offset + length);
    offset += length;
    if (!bytesEqual(sha256(bytes), each.digest)) {
      ban(replica, peers, peer);
      break;
    }
    if (each.state !== "missing") continue;
    each.bytes = bytes;
    each.state = "here";
    blocks.push({ digest: each.digest, bytes });
  }
  for (const each of wanted) if (each.state === "asked") each.state = "missing";
  return blocks;
}

function ban(replica: Replica, peers: PeerQuestions, peer: number): void {
  if (peers.banned.has(peer)) return;
  peers.banned.add(peer);
  raise(replica, "lying-peer", `replica ${peer} sent other bytes than a block's digest names`);
  ignore(replica, "blocks", "body is another block");
}
