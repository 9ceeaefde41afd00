import { DecodeError, hexEncode, present } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import { describe, expect, it } from "vitest";
import { stateNodeChildrenMax } from "./limits.ts";
import { type Block, decodeStateNode, decodeStateRoot, StateTreeBuilder } from "./state-tree.ts";

function leavesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => Uint8Array.of(index & 255, index >>> 8));
}

/** The blocks of a tree by digest, and the digest of its root. */
function treeOf(leaves: readonly Uint8Array[], replicationLeaves = 1) {
  const builder = new StateTreeBuilder(sha256);
  const blocks: Block[] = leaves.flatMap((leaf) => [...builder.add(sha256(leaf))]);
  blocks.push(...builder.finish(replicationLeaves));
  const root = present(blocks.at(-1)).digest;
  return { root, blocks: new Map(blocks.map(({ digest, bytes }) => [hexEncode(digest), bytes])) };
}

/** The digests of the leaves below a root, in order. */
function walk({ root, blocks }: ReturnType<typeof treeOf>): string[] {
  const block = (digest: Uint8Array): Uint8Array => present(blocks.get(hexEncode(digest)));
  const { levels, top } = decodeStateRoot(block(root));
  let digests: readonly Uint8Array[] = [top];
  for (let level = levels; level > 0; level--) {
    digests = digests.flatMap((digest) => [...decodeStateNode(block(digest), level)]);
  }
  return digests.map(hexEncode);
}

describe("a state tree", () => {
  const sizes = [1, 2, stateNodeChildrenMax, stateNodeChildrenMax + 1, 3 * stateNodeChildrenMax];

  it.each(sizes)("of %i leaves leads from its root to every leaf in order", (count) => {
    const leaves = leavesOf(count);
    const tree = treeOf(leaves);
    expect(walk(tree)).toEqual(leaves.map((leaf) => hexEncode(sha256(leaf))));
    const root = decodeStateRoot(present(tree.blocks.get(hexEncode(tree.root))));
    expect(root).toMatchObject({ replicationLeaves: 1, machineLeaves: count - 1 });
    expect(root.levels).toBe(count <= stateNodeChildrenMax ? 1 : 2);
  });

  it("has another root when a leaf, the order or the share of replication differs", () => {
    const [one, two, three] = leavesOf(3).map((leaf) => leaf);
    const leaves = [present(one), present(two), present(three)];
    const roots = [
      treeOf(leaves),
      treeOf(leaves.toReversed()),
      treeOf(leaves.slice(1)),
      treeOf(leaves, 2),
    ].map(({ root }) => hexEncode(root));
    expect(new Set(roots).size).toBe(roots.length);
  });

  it("is refused where a block is not what its place asks for", () => {
    const tree = treeOf(leavesOf(2));
    const rootBytes = present(tree.blocks.get(hexEncode(tree.root)));
    const { top } = decodeStateRoot(rootBytes);
    const node = present(tree.blocks.get(hexEncode(top)));
    expect(() => decodeStateNode(node, 2)).toThrow(DecodeError);
    expect(() => decodeStateNode(rootBytes, 1)).toThrow(DecodeError);
    expect(() => decodeStateRoot(node)).toThrow(DecodeError);
    expect(() => decodeStateRoot(rootBytes.subarray(1))).toThrow(DecodeError);
  });
});
