import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startedBench } from "@quorate/ports/conformance/journal";
import type { JournalBench } from "@quorate/ports/conformance/journal-bench";
import { expect, describe, it } from "vitest";
import { nodeDisk } from "./disk-calls.ts";
import { createFileRig, type FileRig } from "./file-rig.ts";
import { listSegments } from "./segment-store.ts";

async function started(): Promise<{ bench: JournalBench; rig: FileRig }> {
  const rig = await createFileRig();
  return { bench: await startedBench(() => Promise.resolve(rig)), rig };
}

async function overwrite(rig: FileRig, name: string, byte: number): Promise<void> {
  const path = join(rig.directory, name);
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(byte));
}

describe("A folder", () => {
  it("is held by one journal at a time", async () => {
    const { bench, rig } = await started();
    await expect(rig.create().open()).rejects.toMatchObject({ code: "folder-in-use" });
    await bench.restart();
    await expect(rig.create().open()).rejects.toMatchObject({ code: "folder-in-use" });
  });

  it("is refused while its lock names a living process", async () => {
    const { bench, rig } = await started();
    const lock = join(rig.directory, "lock");
    const text = await readFile(lock, "utf8");
    await bench.journal.close();
    const parentText = text.replace(/^\d+ .*/u, `${process.ppid} ${await startOf(process.ppid)}`);
    await writeFile(lock, parentText);
    await expect(rig.create().open()).rejects.toMatchObject({ code: "folder-in-use" });
    expect(await readFile(lock, "utf8")).toBe(parentText);
  });

  it("is taken over from a dead process, even when its number lives again", async () => {
    const { bench, rig } = await started();
    const lock = join(rig.directory, "lock");
    for (const text of [`${process.ppid} another-boot/1\n`, "999999999 unknown\n", "", "junk"]) {
      await bench.journal.close();
      await writeFile(lock, text);
      await bench.restart();
      expect(bench.opened.superblock).not.toBeNull();
    }
  });

  it("is refused when it belongs to another replica", async () => {
    const { bench, rig } = await started();
    await bench.writeSuperblock(bench.superblock({ replica: 1 }));
    await bench.journal.close();
    await expect(rig.create().open()).rejects.toMatchObject({ code: "foreign-folder" });
  });

  it("keeps its superblock when either file is lost or overwritten, and repairs it", async () => {
    const { bench, rig } = await started();
    for (const [number, name] of ["superblock-1", "superblock-2", "superblock-1"].entries()) {
      const superblock = bench.superblock({ boot: 10 + number });
      await bench.writeSuperblock(superblock);
      await bench.journal.close();
      if (number === 2) await rm(join(rig.directory, name));
      else await overwrite(rig, name, 0xaa);
      expect((await bench.restart()).superblock).toEqual(superblock);
    }
  });

  it("is refused when it has entries and every superblock is lost", async () => {
    const { bench, rig } = await started();
    await bench.append(bench.chain(3));
    await bench.journal.close();
    for (const name of ["superblock-1", "superblock-2"]) await overwrite(rig, name, 0xaa);
    await expect(rig.create().open()).rejects.toMatchObject({ code: "superblock-lost" });
    for (const name of ["superblock-1", "superblock-2"]) await rm(join(rig.directory, name));
    await expect(rig.create().open()).rejects.toMatchObject({ code: "superblock-lost" });
  });

  it("is refused when two superblocks of one sequence differ", async () => {
    const [left, right] = [await started(), await started()];
    await left.bench.journal.close();
    await right.bench.journal.close();
    const other = await readFile(join(left.rig.directory, "superblock-1"));
    await writeFile(join(right.rig.directory, "superblock-1"), other);
    await expect(right.rig.create().open()).rejects.toMatchObject({ code: "superblock-conflict" });
  });

  it("loses what was never finished", async () => {
    const { bench, rig } = await started();
    await bench.journal.close();
    await writeFile(join(rig.directory, "segment-0000000002.unfinished"), "half");
    await bench.restart();
    expect(await readdir(rig.directory)).not.toContain("segment-0000000002.unfinished");
  });
});

describe("Segments", () => {
  it("follow each other, and reads cross them", async () => {
    const { bench, rig } = await started();
    const entries = bench.chain(60, { bodyBytes: 20_000 });
    for (let at = 0; at < entries.length; at += 6) await bench.append(entries.slice(at, at + 6));
    expect((await listSegments(rig.directory)).length).toBeGreaterThan(3);
    expect(await bench.read(entries)).toEqual(entries);
    const { log } = await bench.restart();
    expect(log.entries.map(({ header }) => header)).toEqual(entries.map(({ header }) => header));
    expect(await bench.read(entries.toReversed())).toEqual(entries.toReversed());
    await bench.append(bench.chain(1, { after: entries.at(-1) }));
    expect((await bench.restart()).log.entries).toHaveLength(61);
  });

  it("may end early on the disk: what is missing counts as lost, and is filled again", async () => {
    const { bench, rig } = await started();
    const entries = bench.chain(3);
    await bench.append(entries);
    await bench.journal.close();
    await truncate(join(rig.directory, "segment-0000000001"), 5_000);
    expect((await bench.restart()).log.entries).toHaveLength(3);
    await bench.append(bench.chain(3, { after: entries[2] }));
    expect((await bench.restart()).log.entries).toHaveLength(6);
  });

  it("are read around a sector that the disk refuses", async () => {
    const bad = { from: 0, to: 0 };
    const disk = {
      ...nodeDisk,
      read: async (...[file, bytes, position]: Parameters<typeof nodeDisk.read>) => {
        const isBad = position < bad.to && position + bytes.length > bad.from;
        if (isBad) throw Object.assign(new Error("bad sector"), { code: "EIO" });
        return nodeDisk.read(file, bytes, position);
      },
    };
    const rig = await createFileRig({ disk });
    const bench = await startedBench(() => Promise.resolve(rig));
    const entries = bench.chain(4);
    for (const entry of entries) await bench.append([entry]);
    bad.from = 4_096;
    bad.to = 8_192;
    const { log } = await bench.restart();
    expect(log.entries.map(({ state }) => state)).toEqual([
      "present",
      "corrupt",
      "present",
      "present",
    ]);
  });
});

/** What the lock says about when a process started. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
  return `${boot.trim()}/${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""}`;
}
