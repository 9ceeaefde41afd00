import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startedBench } from "@quorate/ports/conformance/journal";
import type { JournalBench } from "@quorate/ports/conformance/journal-bench";
import { describe, expect, it, onTestFinished } from "vitest";
import { createFileRig, type FileRig } from "./file-rig.ts";

/** A folder that was used and is not in use. */
async function used(): Promise<{ bench: JournalBench; rig: FileRig }> {
  const rig = await createFileRig();
  const bench = await startedBench(() => Promise.resolve(rig));
  await bench.append(bench.chain(3));
  await bench.journal.close();
  return { bench, rig };
}

/** What the journal in this folder says of itself; it is closed again. */
async function isMovedAt(directory: string): Promise<boolean> {
  const rig = await createFileRig({ directory });
  const journal = rig.create();
  const { isMoved } = await journal.open();
  await journal.close();
  return isMoved;
}

describe("S12 A folder", () => {
  it("is the same after any number of starts and superblocks, and under another name", async () => {
    const { bench, rig } = await used();
    for (let boot = 2; boot < 5; boot++) {
      expect((await bench.restart()).isMoved).toBe(false);
      await bench.writeSuperblock(bench.superblock({ boot }));
    }
    await bench.journal.close();
    const renamed = `${rig.directory}-renamed`;
    onTestFinished(() => rm(renamed, { recursive: true, force: true }));
    await rename(rig.directory, renamed);
    expect(await isMovedAt(renamed)).toBe(false);
    await rename(renamed, rig.directory);
  });

  it("is moved when it is a copy, for every start, and the one that was copied is not", async () => {
    const { rig } = await used();
    const copy = `${rig.directory}-copy`;
    onTestFinished(() => rm(copy, { recursive: true, force: true }));
    await cp(rig.directory, copy, { recursive: true, preserveTimestamps: true });
    expect(await isMovedAt(copy)).toBe(true);
    expect(await isMovedAt(copy)).toBe(true);
    expect(await isMovedAt(rig.directory)).toBe(false);
  });

  it("stays moved after a superblock was written to it", async () => {
    const { rig } = await used();
    const copy = `${rig.directory}-copy`;
    onTestFinished(() => rm(copy, { recursive: true, force: true }));
    await cp(rig.directory, copy, { recursive: true, preserveTimestamps: true });
    const journal = (await createFileRig({ directory: copy })).create();
    const { superblock } = await journal.open();
    if (superblock === null) throw new Error("the copy has a superblock");
    await new Promise<void>((resolve) => journal.writeSuperblock(superblock, resolve));
    await journal.close();
    expect(await isMovedAt(copy)).toBe(true);
  });

  it("is moved when an old copy was put back in its place", async () => {
    const { bench, rig } = await used();
    const copy = `${rig.directory}-copy`;
    await cp(rig.directory, copy, { recursive: true, preserveTimestamps: true });
    await bench.restart();
    await bench.append(bench.chain(1));
    await bench.journal.close();
    await rm(rig.directory, { recursive: true });
    await mkdir(rig.directory);
    await cp(copy, rig.directory, { recursive: true, preserveTimestamps: true });
    await rm(copy, { recursive: true });
    expect(await isMovedAt(rig.directory)).toBe(true);
  });

  it("is moved when the file that marks it is another one, or gone", async () => {
    const { rig } = await used();
    const mark = join(rig.directory, "folder");
    const text = await readFile(mark, "utf8");
    await rename(mark, `${mark}.old`);
    expect(await isMovedAt(rig.directory)).toBe(true);
    await writeFile(mark, text);
    expect(await isMovedAt(rig.directory)).toBe(true);
    await rename(`${mark}.old`, mark);
    expect(await isMovedAt(rig.directory)).toBe(false);
  });
});
