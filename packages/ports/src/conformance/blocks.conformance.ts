import { present } from "@quorate/prelude";
import { type Block, StateTreeBuilder } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import type { JournalBench, JournalRig } from "./journal-bench.conformance.ts";
import { startedBench } from "./journal.conformance.ts";

/** What the BlockStore of every Journal must do. Call it with a way to make an empty disk. */
export function blocksConformance(create: () => Promise<JournalRig>): void {
  describe("BlockStore", () => {
    describe("remembers", () => rememberingConformance(create));
    describe("keeps its place beside the log", () => orderConformance(create));
    describe("frees what no root reaches", () => freeingConformance(create));
    describe("meets harm", () => harmConformance(create));
  });
}

type Create = () => Promise<JournalRig>;

/** Bytes of a leaf in the tests: in whole sectors it is not. */
const leafBytes = 10_000;
/** Leaves of a state in the tests. */
const leavesPerState = 10;

function rememberingConformance(create: Create): void {
  it("gives blocks in the order asked for, and null for one that was never written", async () => {
    const bench = await startedBench(create);
    const blocks = ["a", "b", "c", "d"].map((label) => leafOf(bench, label));
    const unknown = leafOf(bench, "never written");
    await write(bench, blocks);
    const wanted = [2, 4, 0, 3, 2].map((at) => blocks[at] ?? unknown);
    const expected = wanted.map((block) => (block === unknown ? null : block.bytes));
    expect(await read(bench, wanted)).toEqual(expected);
    await bench.restart();
    expect(await read(bench, wanted)).toEqual(expected);
  });

  it("keeps blocks of every length, from one byte to the longest", async () => {
    const bench = await startedBench(create);
    const blocks = [1, 4_095, 4_096, 4_097, 65_535, 65_536].map((length) =>
      leafOf(bench, `length ${length}`, length),
    );
    await write(bench, blocks);
    expect(await read(bench, blocks)).toEqual(blocks.map(({ bytes }) => bytes));
    await bench.restart();
    expect(await read(bench, blocks)).toEqual(blocks.map(({ bytes }) => bytes));
  });

  it("writes what the bytes were when it was asked to, whatever the caller does then", async () => {
    const bench = await startedBench(create);
    const block = leafOf(bench, "reused");
    const given = { digest: block.digest, bytes: block.bytes.slice() };
    const stored = write(bench, [given]);
    given.bytes.fill(0);
    await stored;
    const [first] = await read(bench, [block]);
    expect(first).toEqual(block.bytes);
    first?.fill(0);
    expect(await read(bench, [block])).toEqual([block.bytes]);
  });

  it("holds each block once, whoever writes it again", async () => {
    const bench = await startedBench(create);
    const { blocks } = stateOf(bench, 1);
    await write(bench, [...blocks, ...blocks]);
    const bytes = await bench.diskBytes();
    await bench.restart();
    for (let round = 0; round < 5; round++) await write(bench, blocks);
    expect(await bench.diskBytes()).toBe(bytes);
    await bench.restart();
    expect(await read(bench, blocks)).toEqual(blocks.map((block) => block.bytes));
  });
}

function orderConformance(create: Create): void {
  it("completes blocks before a superblock that was asked for later", async () => {
    const bench = await startedBench(create);
    const done: string[] = [];
    bench.journal.writeBlocks(manyLeaves(bench, "x"), () => void done.push("blocks"));
    bench.journal.writeBlocks([], () => void done.push("no blocks"));
    await bench.writeSuperblock(bench.superblock());
    done.push("superblock");
    expect(done).toEqual(["blocks", "no blocks", "superblock"]);
  });

  it("lets an append pass blocks that were asked for before", async () => {
    const bench = await startedBench(create);
    const done: string[] = [];
    const blocks = manyLeaves(bench, "y");
    const stored = new Promise<void>((resolve) =>
      bench.journal.writeBlocks(blocks, () => {
        done.push("blocks");
        resolve();
      }),
    );
    bench.journal.append(bench.chain(1), () => void done.push("append"));
    await bench.rig.settle(stored);
    expect(done).toEqual(["append", "blocks"]);
  });

  it("waits for its blocks before it closes", async () => {
    const bench = await startedBench(create);
    const blocks = manyLeaves(bench, "z");
    bench.journal.writeBlocks(blocks, () => undefined);
    await bench.restart();
    expect(await read(bench, blocks)).toEqual(blocks.map(({ bytes }) => bytes));
  });
}

function freeingConformance(create: Create): void {
  it("keeps what any of the roots reaches, and nothing else", async () => {
    const bench = await startedBench(create);
    const [one, two, three] = [stateOf(bench, 1), stateOf(bench, 2), stateOf(bench, 3)];
    for (const { blocks } of [one, two, three]) await write(bench, blocks);
    await retain(bench, [two.root, three.root]);
    const kept = [...two.blocks, ...three.blocks];
    expect(await read(bench, kept)).toEqual(kept.map(({ bytes }) => bytes));
    // The leaf that state 1 does not share with its successors, its node and its root.
    const gone = one.blocks.filter((block) => !kept.some(({ bytes }) => bytes === block.bytes));
    const held = await read(bench, gone);
    expect(held.filter((bytes) => bytes === null)).toHaveLength(3);
  });

  it("keeps what is reached after a restart too, and frees what nobody names", async () => {
    const bench = await startedBench(create);
    const [one, two] = [stateOf(bench, 1), stateOf(bench, 50)];
    await write(bench, [...one.blocks, ...two.blocks]);
    await bench.restart();
    await retain(bench, [two.root]);
    expect(await read(bench, one.blocks)).toEqual(one.blocks.map(() => null));
    expect(await read(bench, two.blocks)).toEqual(two.blocks.map(({ bytes }) => bytes));
    await retain(bench, []);
    expect(await read(bench, two.blocks)).toEqual(two.blocks.map(() => null));
  });

  it("holds again what is written after it was freed", async () => {
    const bench = await startedBench(create);
    const { blocks, root } = stateOf(bench, 1);
    await write(bench, blocks);
    await retain(bench, []);
    await write(bench, blocks);
    await retain(bench, [root]);
    expect(await read(bench, blocks)).toEqual(blocks.map(({ bytes }) => bytes));
  });

  it("needs no more disk for a long life than for a short one", async () => {
    const bench = await startedBench(create);
    const sizes: number[] = [];
    for (let round = 1; round <= 12; round++) {
      const [one, two] = [stateOf(bench, round * 100), stateOf(bench, (round + 1) * 100)];
      await write(bench, [...one.blocks, ...two.blocks]);
      sizes.push(await bench.diskBytes());
      await bench.restart();
      await retain(bench, [one.root, two.root]);
      const kept = [...one.blocks, ...two.blocks];
      expect(await read(bench, kept)).toEqual(kept.map(({ bytes }) => bytes));
    }
    const three = stateOf(bench, 300);
    await retain(bench, []);
    await write(bench, three.blocks);
    sizes.push(await bench.diskBytes());
    const [, , third = 0, ...later] = sizes;
    for (const size of later) expect(size).toBeLessThanOrEqual(third);
    expect(later.at(-1)).toBeLessThan(third);
  });

  it("frees nothing while a root is not held", async () => {
    const bench = await startedBench(create);
    const [one, two] = [stateOf(bench, 1), stateOf(bench, 50)];
    await write(bench, one.blocks);
    await retain(bench, [two.root]);
    expect(await read(bench, one.blocks)).toEqual(one.blocks.map(({ bytes }) => bytes));
  });
}

function harmConformance(create: Create): void {
  it("gives null for a block that has rotted, until it is written again", async () => {
    const bench = await startedBench(create);
    const { blocks } = stateOf(bench, 1);
    await write(bench, blocks);
    const harmed = present(blocks[3]);
    await bench.flipBitIn(harmed.bytes);
    await bench.restart();
    const expected = blocks.map(({ bytes }) => (bytes === harmed.bytes ? null : bytes));
    expect(await read(bench, blocks)).toEqual(expected);
    await write(bench, [harmed]);
    expect(await read(bench, blocks)).toEqual(blocks.map(({ bytes }) => bytes));
    await bench.restart();
    expect(await read(bench, blocks)).toEqual(blocks.map(({ bytes }) => bytes));
  });

  it("does not believe a header whose block never arrived", async () => {
    const bench = await startedBench(create);
    const block = leafOf(bench, "torn");
    await write(bench, [block]);
    await bench.eraseFrom(block.bytes);
    await bench.restart();
    await write(bench, [block]);
    expect(await read(bench, [block])).toEqual([block.bytes]);
  });

  it("corrupt is never absent: frees nothing while a node cannot be read", async () => {
    const bench = await startedBench(create);
    const [one, two] = [stateOf(bench, 1), stateOf(bench, 50)];
    await write(bench, [...one.blocks, ...two.blocks]);
    const node = present(two.blocks.at(-2));
    await bench.flipBitIn(node.bytes);
    await bench.restart();
    await retain(bench, [one.root, two.root]);
    const others = [...one.blocks, ...two.blocks].filter((block) => block !== node);
    expect(await read(bench, others)).toEqual(others.map(({ bytes }) => bytes));
    await write(bench, [node]);
    await retain(bench, [two.root]);
    expect(await read(bench, one.blocks)).toEqual(one.blocks.map(() => null));
    expect(await read(bench, two.blocks)).toEqual(two.blocks.map(({ bytes }) => bytes));
  });

  it("goes on when the header of a block has rotted", async () => {
    const bench = await startedBench(create);
    const { blocks, root } = stateOf(bench, 1);
    await write(bench, blocks);
    const harmed = present(blocks[0]);
    await bench.flipBitIn(harmed.digest);
    await bench.restart();
    await retain(bench, [root]);
    expect((await read(bench, blocks))[0]).toBeNull();
    await write(bench, [harmed]);
    await retain(bench, [root]);
    expect(await read(bench, blocks)).toEqual(blocks.map(({ bytes }) => bytes));
  });
}

/** A block with bytes of its own. */
function leafOf(bench: JournalBench, label: string, length = leafBytes): Block {
  const { sha256 } = bench.rig;
  const bytes = new Uint8Array(length).fill(label.length);
  const mark = sha256(Uint8Array.from(label, (character) => character.charCodeAt(0)));
  bytes.set(mark.subarray(0, length));
  return { digest: sha256(bytes), bytes };
}

/** More than is written to the disk at once. */
function manyLeaves(bench: JournalBench, label: string): Block[] {
  return Array.from({ length: 64 }, (_, at) => leafOf(bench, `${label} ${at}`, 65_536));
}

/**
 * The blocks of a state, leaves first, its node and its root last. States with neighbouring
 * numbers share all leaves but one.
 */
function stateOf(bench: JournalBench, number: number): { blocks: Block[]; root: Uint8Array } {
  const builder = new StateTreeBuilder(bench.rig.sha256);
  const leaves = Array.from({ length: leavesPerState }, (_, at) =>
    leafOf(bench, `leaf ${number + at}`),
  );
  const nodes = leaves.flatMap(({ digest }) => [...builder.add(digest)]);
  const blocks = [...leaves, ...nodes, ...builder.finish(1)];
  return { blocks, root: present(blocks.at(-1)).digest };
}

async function write(bench: JournalBench, blocks: readonly Block[]): Promise<void> {
  await bench.rig.settle(
    new Promise<void>((resolve) => bench.journal.writeBlocks(blocks, resolve)),
  );
}

/** Waits until what is freed is free: the store does one thing after the other. */
async function retain(bench: JournalBench, stateRoots: readonly Uint8Array[]): Promise<void> {
  bench.journal.retainBlocks(stateRoots);
  await write(bench, []);
}

function read(
  bench: JournalBench,
  blocks: readonly Block[],
): Promise<readonly (Uint8Array | null)[]> {
  return bench.rig.settle(bench.journal.readBlocks(blocks.map(({ digest }) => digest)));
}
