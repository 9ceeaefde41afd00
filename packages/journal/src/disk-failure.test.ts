import { superblockAreaBytes } from "@quorate/log-format";
import { startedBench } from "@quorate/ports/conformance/journal";
import type { JournalBench } from "@quorate/ports/conformance/journal-bench";
import { describe, expect, it } from "vitest";
import { type DiskCalls, nodeDisk } from "./disk-calls.ts";
import { createFileRig, type FileRig, sha256 } from "./file-rig.ts";

/** The machine's disk until `fail` is set; then the calls of that kind are refused. */
class FailingDisk implements DiskCalls {
  fail: { readonly call: "write" | "read" | "flush"; readonly errno: string } | null = null;
  writes = 0;

  async write(...call: Parameters<DiskCalls["write"]>): Promise<void> {
    this.refuse("write");
    this.writes += 1;
    await nodeDisk.write(...call);
  }

  async read(...call: Parameters<DiskCalls["read"]>): Promise<number> {
    this.refuse("read");
    return nodeDisk.read(...call);
  }

  async flush(...call: Parameters<DiskCalls["flush"]>): Promise<void> {
    this.refuse("flush");
    await nodeDisk.flush(...call);
  }

  private refuse(call: "write" | "read" | "flush"): void {
    if (this.fail?.call !== call) return;
    throw Object.assign(new Error(`${call} refused`), { code: this.fail.errno });
  }
}

const block = { digest: sha256(Uint8Array.of(1)), bytes: Uint8Array.of(1) };

async function startedOn(disk: FailingDisk): Promise<{ bench: JournalBench; rig: FileRig }> {
  const rig = await createFileRig({ disk });
  const bench = await startedBench(() => Promise.resolve(rig));
  return { bench, rig };
}

describe("A disk that fails", () => {
  for (const { call, errno, reason } of [
    { call: "write", errno: "EIO", reason: "write-failed" },
    { call: "flush", errno: "EIO", reason: "fsync-failed" },
    { call: "write", errno: "ENOSPC", reason: "disk-full" },
    { call: "flush", errno: "EDQUOT", reason: "disk-full" },
  ] as const) {
    it(`is fatal once, and nobody hears of an entry again: ${call} ${errno}`, async () => {
      const disk = new FailingDisk();
      const { bench, rig } = await startedOn(disk);
      const entries = bench.chain(4);
      await bench.append(entries.slice(0, 1));
      disk.fail = { call, errno };
      const done: string[] = [];
      bench.journal.append(entries.slice(1, 2), () => void done.push("append"));
      bench.journal.writeSuperblock(bench.superblock(), () => void done.push("superblock"));
      await rig.failed;
      disk.fail = null;
      const { writes } = disk;
      bench.journal.append(entries.slice(2), () => void done.push("later"));
      bench.journal.idle();
      await bench.journal.close();
      expect(rig.fatal).toEqual([reason]);
      expect(done).toEqual([]);
      expect(disk.writes).toBe(writes);
    });
  }

  it("is fatal when a superblock cannot be flushed", async () => {
    const disk = new FailingDisk();
    const { bench, rig } = await startedOn(disk);
    const done: string[] = [];
    disk.fail = { call: "flush", errno: "EIO" };
    bench.journal.writeSuperblock(bench.superblock(), () => void done.push("superblock"));
    await rig.failed;
    expect(rig.fatal).toEqual(["fsync-failed"]);
    expect(done).toEqual([]);
  });

  for (const call of ["write", "flush"] as const) {
    it(`is fatal when blocks cannot be written, for what waits for them too: ${call}`, async () => {
      const disk = new FailingDisk();
      const { bench, rig } = await startedOn(disk);
      const done: string[] = [];
      disk.fail = { call, errno: "EIO" };
      bench.journal.writeBlocks([block], () => void done.push("blocks"));
      bench.journal.writeSuperblock(bench.superblock(), () => void done.push("superblock"));
      await rig.failed;
      disk.fail = null;
      bench.journal.writeBlocks([block], () => void done.push("later"));
      await bench.journal.close();
      expect(rig.fatal).toEqual([call === "write" ? "write-failed" : "fsync-failed"]);
      expect(done).toEqual([]);
    });
  }

  it("gives null for a block in a bad sector, and frees nothing while that is a node", async () => {
    const disk = new FailingDisk();
    const { bench, rig } = await startedOn(disk);
    const write = (): Promise<void> =>
      new Promise((resolve) => bench.journal.writeBlocks([block], resolve));
    await write();
    disk.fail = { call: "read", errno: "EIO" };
    expect(await bench.journal.readBlocks([block.digest])).toEqual([null]);
    bench.journal.retainBlocks([block.digest]);
    await new Promise<void>((resolve) => bench.journal.writeBlocks([], resolve));
    disk.fail = null;
    expect(await bench.journal.readBlocks([block.digest])).toEqual([block.bytes]);
    expect(rig.fatal).toEqual([]);
  });

  it("is not asked to write a superblock that could not be read again", async () => {
    const { bench, rig } = await startedOn(new FailingDisk());
    const before = bench.superblock({ boot: 5 });
    await bench.writeSuperblock(before);
    const doViewChange = new Uint8Array(superblockAreaBytes);
    const done: string[] = [];
    bench.journal.writeSuperblock({ ...before, doViewChange }, () => void done.push("stored"));
    await rig.failed;
    expect(rig.fatal).toEqual(["superblock-too-long"]);
    expect(done).toEqual([]);
    expect((await bench.restart()).superblock).toEqual(before);
  });

  it("gives null for an entry in a bad sector, and goes on", async () => {
    const disk = new FailingDisk();
    const { bench, rig } = await startedOn(disk);
    const entries = bench.chain(2);
    await bench.append(entries);
    disk.fail = { call: "read", errno: "EIO" };
    expect(await bench.read(entries)).toEqual([null, null]);
    disk.fail = null;
    expect(await bench.read(entries)).toEqual(entries);
    expect(rig.fatal).toEqual([]);
  });

  it("is fatal when reading fails for any other reason", async () => {
    const disk = new FailingDisk();
    const { bench, rig } = await startedOn(disk);
    const entries = bench.chain(2);
    await bench.append(entries);
    disk.fail = { call: "read", errno: "EBADF" };
    await expect(bench.read(entries)).rejects.toThrow("read refused");
    expect(rig.fatal).toEqual(["read-failed"]);
  });
});
