import { hexEncode, present } from "@quorate/prelude";
import { type Block, StateTreeBuilder } from "@quorate/protocol";
import { property, assert as check, uint8Array, nat } from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockIndex } from "./block-index.ts";
import {
  blockHeaderBytes,
  blockOffsetInSlot,
  blockSlotBytes,
  blockSlotImage,
  readBlockHeader,
  writeBlockHeader,
} from "./block-slot.ts";
import { crc32 } from "./crc32.ts";
import { sectorBytes } from "./layout.ts";
import { testDigest } from "./memory-disk.ts";
import { reachableBlocks } from "./reachable-blocks.ts";

function blockOf(...bytes: number[]): Block {
  const content = Uint8Array.from(bytes);
  return { digest: testDigest(content), bytes: content };
}

const block = blockOf(1, 2, 3);
const header = { digest: block.digest, length: block.bytes.length, sequence: 7 };

function imageIn(slot: number): Uint8Array {
  const image = blockSlotImage(block);
  writeBlockHeader(image, slot, header, crc32);
  return image;
}

describe("A slot", () => {
  it("says which block it holds, and holds it in whole sectors behind the header's", () => {
    const image = imageIn(5);
    expect(readBlockHeader(image, 5, crc32)).toEqual(header);
    expect(image.subarray(blockOffsetInSlot, blockOffsetInSlot + 3)).toEqual(block.bytes);
    expect(image.length % sectorBytes).toBe(0);
    expect(image.length).toBeLessThanOrEqual(blockSlotBytes);
  });

  it("is blank while nothing was written to it", () => {
    expect(readBlockHeader(new Uint8Array(blockHeaderBytes), 5, crc32)).toBe("blank");
  });

  it("is unreadable when its header was meant for another slot", () => {
    expect(readBlockHeader(imageIn(5), 6, crc32)).toBe("unreadable");
  });

  it("is unreadable when any bit of its header is another", () => {
    const image = imageIn(5);
    const used = image.subarray(0, blockHeaderBytes).findLastIndex((byte) => byte !== 0) + 1;
    for (let bit = 0; bit < used * 8; bit++) {
      const harmed = image.slice();
      harmed[bit >> 3] = (harmed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(readBlockHeader(harmed, 5, crc32)).toBe("unreadable");
    }
  });

  it("never makes a scan throw, whatever it holds", () => {
    const bytes = uint8Array({ minLength: 0, maxLength: blockHeaderBytes });
    check(
      property(bytes, nat(blockHeaderBytes), (noise, at) => {
        const image = imageIn(5).slice(0, blockHeaderBytes);
        image.set(noise.subarray(0, blockHeaderBytes - at), at);
        readBlockHeader(image, 5, crc32);
        readBlockHeader(noise, 5, crc32);
      }),
    );
  });
});

describe("The index of slots", () => {
  it("gives out the lowest free slot and holds the block once it is stored", () => {
    const index = new BlockIndex();
    index.found(0, header);
    index.found(2, "unreadable");
    const other = blockOf(4);
    const placed = index.place(other.digest, 1);
    expect(placed).toMatchObject({ slot: 1, sequence: 8 });
    expect(index.locate(other.digest)).toBeNull();
    index.stored(placed);
    expect(index.locate(other.digest)).toBe(placed);
    expect(index.place(blockOf(5).digest, 1).slot).toBe(3);
  });

  it("takes the newest of two slots with one block, in whatever order they are found", () => {
    const slots = [
      [3, { ...header, sequence: 4 }],
      [1, { ...header, sequence: 9 }],
      [2, { ...header, sequence: 6 }],
    ] as const;
    for (const found of [slots, slots.toReversed()]) {
      const index = new BlockIndex();
      for (const [slot, newer] of found) index.found(slot, newer);
      expect(index.locate(block.digest)?.slot).toBe(1);
      expect(index.endOfUse()).toBe(2);
    }
  });

  it("keeps a slot that it cannot read until everything that is reached is held", () => {
    const index = new BlockIndex();
    index.found(0, "unreadable");
    index.found(1, header);
    const [name, missing] = [hexEncode(block.digest), hexEncode(blockOf(9).digest)];
    index.retain(new Set([name, missing]));
    expect(index.place(blockOf(8).digest, 1).slot).toBe(2);
    index.retain(new Set([name]));
    expect(index.place(blockOf(7).digest, 1).slot).toBe(0);
  });
});

describe("The walk from the roots", () => {
  const trees = [1, 2].map((first) => treeOf([blockOf(first), blockOf(first + 1)]));
  const known = new Map(
    trees.flatMap(({ blocks }) => blocks.map((each) => [hexEncode(each.digest), each.bytes])),
  );

  it("reaches roots, nodes and leaves, and asks for no leaf", () => {
    const { reached, asked } = walk(trees, (name) => known.get(name) ?? null);
    const names = trees.flatMap(({ blocks }) => blocks.map(({ digest }) => hexEncode(digest)));
    expect(reached).toEqual(new Set(names));
    expect(asked).toHaveLength(4);
    expect(new Set(asked).size).toBe(4);
  });

  it("reaches nothing when a root or a node is missing, or is another block", () => {
    const { asked } = walk(trees, (name) => known.get(name) ?? null);
    for (const missing of asked) {
      for (const instead of [null, block.bytes]) {
        const { reached } = walk(trees, (name) =>
          name === missing ? instead : (known.get(name) ?? null),
        );
        expect(reached).toBeNull();
      }
    }
  });

  it("reaches nothing from no root", () => {
    expect(walk([], () => null).reached).toEqual(new Set());
  });
});

function treeOf(leaves: readonly Block[]): { root: Uint8Array; blocks: Block[] } {
  const builder = new StateTreeBuilder(testDigest);
  const nodes = leaves.flatMap(({ digest }) => [...builder.add(digest)]);
  const blocks = [...leaves, ...nodes, ...builder.finish(1)];
  return { root: present(blocks.at(-1)).digest, blocks };
}

function walk(
  trees: readonly { readonly root: Uint8Array }[],
  read: (name: string) => Uint8Array | null,
): { reached: ReadonlySet<string> | null; asked: string[] } {
  const asked: string[] = [];
  const walking = reachableBlocks(trees.map(({ root }) => root));
  let step = walking.next();
  while (step.done !== true) {
    const name = hexEncode(step.value);
    asked.push(name);
    step = walking.next(read(name));
  }
  return { reached: step.value, asked };
}
