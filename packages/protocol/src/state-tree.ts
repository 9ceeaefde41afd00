/**
 * The state after an op as a tree of blocks, each named by the SHA-256 of its bytes.
 *
 *     root block     how many leaves there are, how many levels, and the digest of the top node
 *     node block     digests of up to `stateNodeChildrenMax` blocks of the level below
 *     leaf           bytes of the replicated state: replication's first, then the state machine's
 *
 * Whoever knows the root's digest can take every block from anybody: what a block means follows
 * from its place in the tree, and its digest proves its bytes.
 */
import { ByteReader, ByteWriter, DecodeError, type Sha256, utf8Encode } from "@quorate/prelude";
import { fixed, list, record, u32, u8 } from "./codec.ts";
import { digestCodec } from "./entry.ts";
import { stateLeavesMax, stateLevelsMax, stateNodeChildrenMax } from "./limits.ts";

/** A block and its name. */
export interface Block {
  /** SHA-256 of the bytes. */
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
}

/** What a root block says. */
export interface StateRoot {
  /** Leaves that are replication's own: they come first. */
  readonly replicationLeaves: number;
  /** Leaves of the state machine. */
  readonly machineLeaves: number;
  /** Levels of nodes above the leaves, 1 or more. */
  readonly levels: number;
  /** Digest of the only node of the highest level. */
  readonly top: Uint8Array;
}

const rootMark = utf8Encode("quorate/1/state-root");
const nodeMark = utf8Encode("quorate/1/state-node");

const rootCodec = record({
  mark: fixed(rootMark.length),
  replicationLeaves: u32,
  machineLeaves: u32,
  levels: u8,
  top: digestCodec,
});
const nodeCodec = record({
  mark: fixed(nodeMark.length),
  /** 1 for nodes whose children are leaves. */
  level: u8,
  children: list(digestCodec, stateNodeChildrenMax),
});

/** Builds the tree from the leaves upwards; blocks are handed out as soon as they are complete. */
export class StateTreeBuilder {
  private readonly sha256: Sha256;
  /** Digests that wait for their node, by level; level 0 are the leaves. */
  private readonly open: Uint8Array[][] = [[]];
  private leaves = 0;

  constructor(sha256: Sha256) {
    this.sha256 = sha256;
  }

  /** Leaves added so far. */
  get leafCount(): number {
    return this.leaves;
  }

  /** Adds the next leaf. Returns the nodes that are complete now. */
  add(leafDigest: Uint8Array): readonly Block[] {
    this.leaves += 1;
    const complete: Block[] = [];
    this.put(0, leafDigest, complete);
    return complete;
  }

  /** The nodes that are left, and the root block, which is the last. */
  finish(replicationLeaves: number): readonly Block[] {
    const blocks: Block[] = [];
    let level = 0;
    // The highest level is the first above the leaves that holds a single digest.
    while (level === 0 || this.open.length > level + 1 || this.openAt(level).length > 1) {
      if (this.openAt(level).length > 0) this.close(level, blocks);
      level += 1;
    }
    const top = this.openAt(level)[0] as Uint8Array;
    const machineLeaves = this.leaves - replicationLeaves;
    blocks.push(this.blockOf(encodeRoot({ replicationLeaves, machineLeaves, levels: level, top })));
    return blocks;
  }

  private put(level: number, digest: Uint8Array, complete: Block[]): void {
    const open = this.openAt(level);
    open.push(digest);
    if (open.length === stateNodeChildrenMax) this.close(level, complete);
  }

  private close(level: number, complete: Block[]): void {
    const children = this.openAt(level).splice(0);
    const block = this.blockOf(encodeNode(level + 1, children));
    complete.push(block);
    this.put(level + 1, block.digest, complete);
  }

  private openAt(level: number): Uint8Array[] {
    return (this.open[level] ??= []);
  }

  private blockOf(bytes: Uint8Array): Block {
    return { digest: this.sha256(bytes), bytes };
  }
}

function encodeRoot(root: StateRoot): Uint8Array {
  const writer = new ByteWriter();
  rootCodec.encode(writer, { mark: rootMark, ...root });
  return writer.finish();
}

function encodeNode(level: number, children: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter();
  nodeCodec.encode(writer, { mark: nodeMark, level, children });
  return writer.finish();
}

/** Throws DecodeError. */
export function decodeStateRoot(bytes: Uint8Array): StateRoot {
  const reader = new ByteReader(bytes);
  const { replicationLeaves, machineLeaves, levels, top } = rootCodec.decode(reader);
  reader.end();
  const leaves = replicationLeaves + machineLeaves;
  if (replicationLeaves === 0 || leaves > stateLeavesMax) throw new DecodeError("number of leaves");
  if (levels === 0 || levels > stateLevelsMax) throw new DecodeError("number of levels");
  return { replicationLeaves, machineLeaves, levels, top };
}

/** The children of a node of this level. Throws DecodeError. */
export function decodeStateNode(bytes: Uint8Array, level: number): readonly Uint8Array[] {
  const reader = new ByteReader(bytes);
  const node = nodeCodec.decode(reader);
  reader.end();
  if (node.level !== level) throw new DecodeError("a node of another level");
  return node.children;
}
