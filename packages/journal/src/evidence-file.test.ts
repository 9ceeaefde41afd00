import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evidenceStoreConformance } from "@quorate/ports/conformance/evidence-store";
import type { JournalFatalReason } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DiskCalls, nodeDisk } from "./disk-calls.ts";
import { createEvidenceFile, evidenceFileName } from "./evidence-file.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const newFolder = () => mkdtemp(join(tmpdir(), "quorate-evidence-"));

evidenceStoreConformance(async () => {
  const directory = await newFolder();
  return {
    create: () => createEvidenceFile({ directory, events: { onFatal: () => {} }, log: silent }),
    dispose: () => rm(directory, { recursive: true }),
  };
});

describe("A file of evidence", () => {
  let directory: string;
  let path: string;
  let fatal: JournalFatalReason[];
  beforeEach(async () => {
    directory = await newFolder();
    path = join(directory, evidenceFileName);
    fatal = [];
  });
  afterEach(() => rm(directory, { recursive: true }));

  const create = (disk: DiskCalls = nodeDisk) =>
    createEvidenceFile({
      directory,
      disk,
      log: silent,
      events: { onFatal: (reason) => void fatal.push(reason) },
    });
  const fill = async (...names: readonly string[]): Promise<void> => {
    const store = create();
    await store.open();
    for (const name of names) store.keep(name, new Uint8Array(50).fill(7), () => undefined);
    await store.close();
  };
  const namesNow = async (): Promise<readonly string[]> => {
    const store = create();
    const names = await store.open();
    await store.close();
    return names;
  };

  it("loses nothing but a record that was torn, however short it was torn", async () => {
    await fill("a.m0", "b.m1");
    const whole = await readFile(path);
    await fill("c.m2");
    const longer = await readFile(path);
    for (let length = whole.length; length < longer.length; length++) {
      await writeFile(path, longer.subarray(0, length));
      expect(await namesNow()).toEqual(["a.m0", "b.m1"]);
      await fill("d.m0");
      expect(await namesNow()).toEqual(["a.m0", "b.m1", "d.m0"]);
    }
  });

  it("steps over a record that has rotted", async () => {
    await fill("a.m0", "b.m1", "c.m2");
    const bytes = await readFile(path);
    bytes[90] = (bytes[90] ?? 0) ^ 1;
    await writeFile(path, bytes);
    expect(await namesNow()).toEqual(["a.m0", "c.m2"]);
  });

  it("begins anew when nothing in it can be read", async () => {
    await writeFile(path, Buffer.alloc(500, 0x55));
    expect(await namesNow()).toEqual([]);
    await fill("a.m0");
    expect(await namesNow()).toEqual(["a.m0"]);
    const read = () => Promise.reject(Object.assign(new Error("refused"), { code: "EIO" }));
    const store = create({ ...nodeDisk, read });
    expect(await store.open()).toEqual([]);
    await store.close();
  });

  it("takes no garbage behind its records for one", async () => {
    await fill("a.m0");
    await appendFile(path, Buffer.alloc(300, 0xff));
    expect(await namesNow()).toEqual(["a.m0"]);
  });

  it.each([
    { call: "write", errno: "EIO", reason: "write-failed" },
    { call: "flush", errno: "EIO", reason: "fsync-failed" },
    { call: "write", errno: "ENOSPC", reason: "disk-full" },
  ] as const)(
    "says once that the disk refused, and keeps nothing more: $call $errno",
    async ({ call, errno, reason }) => {
      await fill("a.m0");
      const refuse = (): Promise<never> =>
        Promise.reject(Object.assign(new Error("refused"), { code: errno }));
      const store = create({ ...nodeDisk, [call]: refuse });
      await store.open();
      const kept: string[] = [];
      for (const name of ["b.m1", "c.m2"]) {
        store.keep(name, new Uint8Array(9), () => void kept.push(name));
      }
      await store.close();
      expect([kept, fatal]).toEqual([[], [reason]]);
    },
  );
});
