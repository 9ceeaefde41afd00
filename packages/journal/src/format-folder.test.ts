import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JournalBench } from "@quorate/ports/conformance/journal-bench";
import { expect, it, onTestFinished } from "vitest";
import { createFileRig, sha256 } from "./file-rig.ts";
import { formatFolder } from "./format-folder.ts";

async function rigIn(directory: string) {
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const rig = await createFileRig({ directory });
  return { rig, bench: JournalBench.on(rig) };
}

function newDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "quorate-format-"));
}

it("A new member's folder opens to its first superblock and an empty log, and takes entries", async () => {
  const directory = join(await newDirectory(), "data", "r2");
  const { bench } = await rigIn(directory);
  const superblock = bench.superblock();
  await formatFolder({ directory, superblock, sha256 });
  const opened = await bench.open();
  expect(opened).toEqual({
    superblock,
    isMoved: false,
    log: { entries: [], isHeadUncertain: false },
  });
  await bench.append(bench.chain(3));
  expect((await bench.restart()).log.entries).toHaveLength(3);
  await bench.end();
});

it("A folder that was formatted or used, or holds anything else, is not formatted", async () => {
  const directory = await newDirectory();
  const { bench } = await rigIn(directory);
  const superblock = bench.superblock();
  await writeFile(join(directory, "notes"), "mine");
  const notEmpty = { code: "folder-not-empty" };
  await expect(formatFolder({ directory, superblock, sha256 })).rejects.toMatchObject(notEmpty);
  expect(await readdir(directory)).toEqual(["notes"]);
  await rm(join(directory, "notes"));
  await formatFolder({ directory, superblock, sha256 });
  await expect(formatFolder({ directory, superblock, sha256 })).rejects.toMatchObject(notEmpty);
  await bench.open();
  const inUse = { code: "folder-in-use" };
  await expect(formatFolder({ directory, superblock, sha256 })).rejects.toMatchObject(inUse);
  await bench.end();
});
