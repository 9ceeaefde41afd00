/**
 * The block store alone, on a disk of this machine: how long appends take while blocks are
 * written, how fast blocks are read, and how long a start looks at slots.
 *
 *     node bench/src/blocks.ts [FOLDER]        a folder on the disk in question; temporary by default
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeCrypto } from "@quorate/identity";
import { createFileJournal } from "@quorate/journal";
import { JournalBench } from "@quorate/ports/conformance/journal-bench";
import type { Block, Entry } from "@quorate/protocol";
import { percentile } from "./percentile.ts";
import { loadNow } from "./report.ts";

const leafBytes = 64 * 1024;
/** 256 MiB of the longest blocks. */
const blocksWritten = 4_096;
/** As replication hands them over: so many blocks, then it waits. */
const blocksPerWrite = 16;
const blocksPerRead = 32;
/** Slots that the measured start looks at. */
const slotsScanned = 8_000;
const entryBytes = 4 * 1024;
/** Appends before anything is measured, and appends of the measurement without blocks. */
const warmUpAppends = 300;
const quietAppends = 1_500;
const starts = 5;

const { sha256 } = nodeCrypto;
const directory = mkdtempSync(join(process.argv[2] ?? tmpdir(), "quorate-blocks-"));
const ignore = (): void => undefined;
const rig = {
  clusterId: new Uint8Array(32).fill(1),
  replica: 0,
  genesis: new Uint8Array(32),
  sha256,
  create: () =>
    createFileJournal({
      ...rig,
      directory,
      events: {
        onFatal: (reason, cause) => {
          throw new Error(reason, { cause });
        },
      },
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      metrics: { count: ignore, gauge: ignore, observe: ignore },
    }),
  settle: <T>(promise: Promise<T>): Promise<T> => promise,
  harm: () => Promise.resolve(),
  dispose: () => Promise.resolve(rmSync(directory, { recursive: true })),
};

/** Blocks of `length` bytes, unlike any with another number. */
function blocksFrom(first: number, count: number, length: number): Block[] {
  return Array.from({ length: count }, (_, at) => {
    const bytes = new Uint8Array(length).fill(at);
    new DataView(bytes.buffer).setUint32(0, first + at);
    return { digest: sha256(bytes), bytes };
  });
}

/** Appends one entry after the other until told to stop; their times in ms. */
class Appending {
  private readonly bench: JournalBench;
  private last: Entry | undefined;

  constructor(bench: JournalBench) {
    this.bench = bench;
  }

  async until(isEnough: (times: readonly number[]) => boolean): Promise<readonly number[]> {
    const times: number[] = [];
    while (!isEnough(times)) {
      const entries = this.bench.chain(1, { after: this.last, bodyBytes: entryBytes });
      this.last = entries[0];
      const from = performance.now();
      await this.bench.append(entries);
      times.push(performance.now() - from);
    }
    return times;
  }
}

function describe(times: readonly number[]): string {
  const [p50, p99, max] = [percentile(times, 0.5), percentile(times, 0.99), Math.max(...times)];
  return `${times.length} appends, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, max ${max.toFixed(1)} ms`;
}

async function write(bench: JournalBench, blocks: readonly Block[], each: number): Promise<void> {
  for (let at = 0; at < blocks.length; at += each) {
    const part = blocks.slice(at, at + each);
    await new Promise<void>((resolve) => bench.journal.writeBlocks(part, resolve));
  }
}

/** Appends while the blocks are written, `each` in a call. */
async function appendBeside(
  bench: JournalBench,
  appending: Appending,
  blocks: readonly Block[],
  each: number,
): Promise<string> {
  let isWritten = false;
  const from = performance.now();
  const writing = write(bench, blocks, each).finally(() => (isWritten = true));
  const times = await appending.until(() => isWritten);
  await writing;
  const seconds = (performance.now() - from) / 1000;
  const mebibytes = (blocks.length * leafBytes) / (1024 * 1024);
  return `${describe(times)}; ${(mebibytes / seconds).toFixed(0)} MiB/s of blocks`;
}

async function readAll(bench: JournalBench, blocks: readonly Block[]): Promise<string> {
  const from = performance.now();
  for (let at = 0; at < blocks.length; at += blocksPerRead) {
    const digests = blocks.slice(at, at + blocksPerRead).map(({ digest }) => digest);
    const read = await bench.journal.readBlocks(digests);
    if (read.includes(null)) throw new Error("a block is missing");
  }
  const seconds = (performance.now() - from) / 1000;
  return `${((blocks.length * leafBytes) / 1e6 / seconds).toFixed(0)} MB/s`;
}

/** The least of several starts, in ms; the log is empty but for what `bench` appended. */
async function timeStarts(bench: JournalBench): Promise<string> {
  const times: number[] = [];
  for (let start = 0; start < starts; start++) {
    const from = performance.now();
    await bench.restart();
    times.push(performance.now() - from);
  }
  return `p50 ${percentile(times, 0.5).toFixed(0)} ms of ${starts}`;
}

console.log(`load average ${loadNow().toFixed(1)}, node ${process.version}, ${directory}`);
const bench = JournalBench.on(rig);
try {
  await bench.begin();
  console.log(`start without blocks          ${await timeStarts(bench)}`);
  await write(bench, blocksFrom(1_000_000, slotsScanned, 64), slotsScanned);
  console.log(`start with ${slotsScanned} slots        ${await timeStarts(bench)}`);
  bench.journal.retainBlocks([]);
  const appending = new Appending(bench);
  await appending.until(({ length }) => length === warmUpAppends);
  const quiet = await appending.until(({ length }) => length === quietAppends);
  console.log(`appends alone                 ${describe(quiet)}`);
  const first = blocksFrom(0, blocksWritten, leafBytes);
  const beside = await appendBeside(bench, appending, first, blocksPerWrite);
  console.log(`appends beside blocks         ${beside}`);
  console.log(`readBlocks                    ${await readAll(bench, first)}`);
  const second = blocksFrom(blocksWritten, blocksWritten, leafBytes);
  const besideOne = await appendBeside(bench, appending, second, blocksWritten);
  console.log(`appends beside one long write ${besideOne}`);
} finally {
  await bench.end();
}
console.log(`load average ${loadNow().toFixed(1)} after`);
