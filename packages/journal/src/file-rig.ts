/** A folder in the temporary directory as the disk of a test. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalFatalReason } from "@quorate/ports";
import type { JournalRig } from "@quorate/ports/conformance/journal-bench";
import type { Sha256 } from "@quorate/prelude";
import type { Block } from "@quorate/protocol";
import type { DiskCalls } from "./disk-calls.ts";
import { blockFileName, listBlockFiles } from "./block-files.ts";
import { createFileJournal } from "./file-journal.ts";
import { listSegments, segmentName } from "./segment-store.ts";

/** Small, so that tests write little and cross segments soon. */
const testSegmentBytes = 256 * 1024;
/** Few, so that tests cross block files soon. */
const testBlockSlotsPerFile = 8;

/** SHA-256 of this machine. */
export const sha256: Sha256 = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

/** A block whose bytes follow from its number: several sectors long. */
export function numberedBlock(number: number): Block {
  const bytes = new Uint8Array(9_000 + (number % 1_000)).fill(number);
  new DataView(bytes.buffer).setUint32(0, number);
  return { digest: sha256(bytes), bytes };
}

/** A rig whose disk is a folder; it also shows what was fatal. */
export interface FileRig extends JournalRig {
  readonly directory: string;
  readonly fatal: JournalFatalReason[];
  /** Resolves with the first of them. */
  readonly failed: Promise<void>;
}

/** An empty folder. `disk` replaces the machine's disk. */
export async function createFileRig(
  options: { readonly disk?: DiskCalls; readonly directory?: string } = {},
): Promise<FileRig> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "quorate-journal-")));
  const fatal: JournalFatalReason[] = [];
  const failed = Promise.withResolvers<void>();
  const identity = {
    clusterId: new Uint8Array(32).fill(1),
    replica: 2,
    genesis: new Uint8Array(32).fill(9),
    sha256,
  };
  return {
    ...identity,
    directory,
    fatal,
    failed: failed.promise,
    create: () =>
      createFileJournal({
        ...identity,
        directory,
        segmentBytes: testSegmentBytes,
        blockSlotsPerFile: testBlockSlotsPerFile,
        events: {
          onFatal: (reason) => {
            fatal.push(reason);
            failed.resolve();
          },
        },
        log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
        metrics: { count: ignore, gauge: ignore, observe: ignore },
        ...(options.disk && { disk: options.disk }),
      }),
    settle: (promise) => promise,
    harm: async (change) => {
      const segments = (await listSegments(directory)).map(segmentName);
      const blockFiles = (await listBlockFiles(directory)).map(blockFileName);
      for (const name of [...segments, ...blockFiles]) {
        const path = join(directory, name);
        const bytes = await readFile(path);
        change(bytes);
        await writeFile(path, bytes);
      }
    },
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}

function ignore(): void {}
