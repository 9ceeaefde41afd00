/**
 * Loading a checkpoint: its blocks are walked from the root downwards, in order, a window of them
 * at a time. What this disk holds is read from it; the rest is fetched from peers by hash
 * (VRR §5.2), stored, and never trusted for anything but its bytes' digest.
 *
 * The state machine goes on with its present state until everything is there.
 */
import { bytesConcat, DecodeError, type StateLoading } from "@quorate/prelude";
import { type Block, type Checkpoint, decodeStateNode, decodeStateRoot } from "@quorate/protocol";
import { askPeersForBlocks, type PeerQuestions, store } from "./fetch-blocks.ts";
import { decodeReplicationState, type ReplicationState } from "./replication-state.ts";
import type { Reading, Replica } from "./state.ts";
import { nextToken } from "./superblock-writes.ts";

/** Blocks that are in memory or asked for at once: 4 MiB of the longest. */
const blocksInWindowMax = 64;
/** Blocks in one read of the disk. */
const blocksPerReadMax = 32;
/** Writes of one load that are under way while it reads on. */
const writesUnderWayMax = 4;

/** A block that the walk has come to. */
export interface Wanted {
  readonly digest: Uint8Array;
  /** 0 for leaves, above them the level of the node; null for the root block. */
  readonly level: number | null;
  bytes: Uint8Array | null;
  /** `reading` from this disk; `missing` there; `asked` of a peer. */
  state: "new" | "reading" | "missing" | "asked" | "here";
  /** Peers that do not hold it. */
  readonly deniedBy: Set<number>;
}

export interface StateLoad {
  readonly checkpoint: Checkpoint;
  /** `open`: this replica's own, at its start. `transfer`: for a log that begins above it. */
  readonly purpose: "open" | "transfer";
  /** Null when only this disk is read. */
  readonly peers: PeerQuestions | null;
  readonly loading: StateLoading;
  /** Replication's leaves, in order. */
  readonly replicationLeaves: Uint8Array[];
  /** What they say; null until everything is here. */
  replication: ReplicationState | null;
  /** How many of them are still to come. */
  replicationLeavesLeft: number;
  /** What is still to be walked, the next one last. */
  readonly pending: Wanted[];
  /** Leaves taken and leaves in all, for whoever watches; null until the root block is here. */
  leavesTaken: number;
  leavesTotal: number | null;
  /** `failed`: the disk or the peers cannot give it, or it is none of this machine's states. */
  state: "walking" | "complete" | "failed";
}

export type LoadOrder = Pick<StateLoad, "checkpoint" | "purpose" | "peers">;

/** Begins to load; whatever was being loaded is forgotten, but not what was stored of it. */
export function beginLoad(replica: Replica, order: LoadOrder): StateLoad {
  const load: StateLoad = {
    ...order,
    loading: replica.stateMachine.load(),
    replicationLeaves: [],
    replication: null,
    replicationLeavesLeft: 0,
    pending: [wanted(order.checkpoint.stateRoot, null)],
    leavesTaken: 0,
    leavesTotal: null,
    state: "walking",
  };
  replica.load = load;
  return load;
}

/** Takes what is here, and asks for what comes next. */
export function advanceLoad(replica: Replica): void {
  const { load } = replica;
  if (load === null || load.state !== "walking") return;
  if (!takeBlocks(load)) {
    load.state = "failed";
    return;
  }
  const window = load.pending.slice(-blocksInWindowMax).toReversed();
  const writes = [...replica.storing.values()].filter((each) => each === load).length;
  if (writes < writesUnderWayMax) readFromDisk(replica, load, window);
  const missing = window.filter(({ state }) => state === "missing");
  if (missing.length > 0 && load.peers === null) load.state = "failed";
  else if (load.peers !== null) askPeersForBlocks(replica, load, load.peers, missing);
  if (load.replication !== null && writes === 0) load.state = "complete";
}

/** Walks on as far as the blocks are here; false when they are no state. */
function takeBlocks(load: StateLoad): boolean {
  try {
    walk(load);
    if (load.pending.length === 0) {
      load.replication ??= decodeReplicationState(bytesConcat(...load.replicationLeaves));
    }
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** Throws DecodeError for a block out of place. */
function walk(load: StateLoad): void {
  for (let next = load.pending.at(-1); next !== undefined; next = load.pending.at(-1)) {
    const { bytes, level, digest } = next;
    if (bytes === null) return;
    load.pending.pop();
    if (level === null) {
      const { replicationLeaves, machineLeaves, levels, top } = decodeStateRoot(bytes);
      load.replicationLeavesLeft = replicationLeaves;
      load.leavesTotal = replicationLeaves + machineLeaves;
      load.pending.push(wanted(top, levels));
    } else if (level > 0) {
      const children = decodeStateNode(bytes, level);
      for (const child of children.toReversed()) load.pending.push(wanted(child, level - 1));
    } else {
      takeLeaf(load, digest, bytes);
    }
  }
}

function takeLeaf(load: StateLoad, digest: Uint8Array, bytes: Uint8Array): void {
  load.leavesTaken += 1;
  if (load.replicationLeavesLeft > 0) {
    load.replicationLeavesLeft -= 1;
    load.replicationLeaves.push(bytes);
  } else {
    load.loading.add({ digest, bytes });
  }
}

function readFromDisk(replica: Replica, load: StateLoad, window: readonly Wanted[]): void {
  const fresh = window.filter(({ state }) => state === "new");
  for (let start = 0; start < fresh.length; start += blocksPerReadMax) {
    const some = fresh.slice(start, start + blocksPerReadMax);
    for (const each of some) each.state = "reading";
    const token = nextToken(replica);
    replica.reading.set(token, { for: "load", load, wanted: some });
    replica.effects.push({ kind: "read-blocks", digests: some.map(({ digest }) => digest), token });
  }
}

/**
 * What this disk holds of a load. What a former transfer has left there belongs to no checkpoint,
 * and may be about to be freed: so it is handed over again, which costs no write where it stays.
 */
export function onReadForLoad(
  replica: Replica,
  { load, wanted: blocksWanted }: Extract<Reading, { for: "load" }>,
  blocks: readonly (Uint8Array | null)[],
): void {
  const held: Block[] = [];
  for (const [index, each] of blocksWanted.entries()) {
    const bytes = blocks[index] ?? null;
    each.bytes = bytes;
    each.state = bytes === null ? "missing" : "here";
    if (bytes !== null) held.push({ digest: each.digest, bytes });
  }
  const isOver = replica.load !== load || load.purpose === "open";
  if (held.length > 0 && !isOver) store(replica, load, held);
}

function wanted(digest: Uint8Array, level: number | null): Wanted {
  return { digest, level, bytes: null, state: "new", deniedBy: new Set() };
}
