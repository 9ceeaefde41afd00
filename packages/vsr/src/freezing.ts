/**
 * Writing a checkpoint: the frozen state is cut into blocks, a bounded amount of work in each
 * step, while the replica goes on. Leaves that did not change since the last checkpoint are only
 * named.
 */
import { type FrozenState, present } from "@quorate/prelude";
import { type Block, type LogPosition, StateTreeBuilder, type View } from "@quorate/protocol";
import { leavesOf } from "./replication-state.ts";
import type { Replica } from "./state.ts";
import { nextToken } from "./superblock-writes.ts";

/** Blocks in one write: 1 MiB of the longest, a few milliseconds of hashing. */
const blocksPerWriteMax = 16;
/** Unchanged leaves that one step looks at. */
const leavesPerStepMax = 1_024;

export interface Freezing {
  /** The entry that was executed last, and its view of creation. */
  readonly head: LogPosition;
  readonly view: View;
  readonly frozen: FrozenState;
  /** Leaves of replication's own state, which come first. */
  readonly replicationLeaves: Iterator<Uint8Array>;
  readonly builder: StateTreeBuilder;
  /** How many of the leaves were replication's; null until all of them are taken. */
  replicationLeafCount: number | null;
  /** Digest of the root block, once it is made. */
  stateRoot: Uint8Array | null;
}

/** Freezes the state as it is after the op that was executed last. */
export function beginFreezing(replica: Replica, head: LogPosition, view: View): void {
  const { stateMachine, clientTable, incarnations, log, identity } = replica;
  const { timestampMicros } = log.baseAt(head.op);
  replica.freezing = {
    head,
    view,
    frozen: stateMachine.freeze(),
    replicationLeaves: leavesOf({
      timestampMicros,
      incarnations: incarnations.listReplicated(),
      sessions: clientTable.sorted(),
    }),
    builder: new StateTreeBuilder(identity.admission.sha256),
    replicationLeafCount: null,
    stateRoot: null,
  };
}

/** The state that is being frozen is of no use any more. */
export function dropFreezing(replica: Replica): void {
  replica.freezing?.frozen.drop();
  replica.freezing = null;
}

/** Makes and hands over the next blocks, unless the last ones are still on their way. */
export function advanceFreezing(replica: Replica): void {
  const { freezing } = replica;
  if (freezing === null || freezing.stateRoot !== null) return;
  if ([...replica.storing.values()].includes(freezing)) return;
  const blocks: Block[] = [];
  for (let looked = 0; looked < leavesPerStepMax; looked++) {
    if (blocks.length >= blocksPerWriteMax || freezing.stateRoot !== null) break;
    takeLeaf(freezing, blocks, replica);
  }
  if (blocks.length === 0) return;
  const token = nextToken(replica);
  replica.storing.set(token, freezing);
  replica.effects.push({ kind: "write-blocks", blocks, token });
}

function takeLeaf(freezing: Freezing, blocks: Block[], replica: Replica): void {
  const { builder, replicationLeaves, frozen } = freezing;
  if (freezing.replicationLeafCount === null) {
    const { value: bytes } = replicationLeaves.next();
    if (bytes !== undefined) {
      const digest = replica.identity.admission.sha256(bytes);
      blocks.push({ digest, bytes }, ...builder.add(digest));
      return;
    }
    freezing.replicationLeafCount = builder.leafCount;
  }
  const leaf = frozen.next();
  if (leaf === null) {
    blocks.push(...builder.finish(freezing.replicationLeafCount));
    freezing.stateRoot = present(blocks.at(-1)).digest;
    return;
  }
  const { digest, bytes } = leaf;
  if (bytes !== null) blocks.push({ digest, bytes });
  blocks.push(...builder.add(digest));
}
