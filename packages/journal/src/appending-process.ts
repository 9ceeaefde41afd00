/**
 * A process for a test to kill: opens the journal in the folder that it is given and appends to it
 * and writes blocks until its end. Writes each op to its standard output once the entry is stored,
 * and "block" and its number for each block.
 */
import { JournalBench } from "@quorate/ports/conformance/journal-bench";
import { createFileRig, numberedBlock } from "./file-rig.ts";

const [, , directory = "", firstBlock = "0"] = process.argv;
const rig = await createFileRig({ directory });
const bench = JournalBench.on(rig);
const { superblock, log } = await bench.open();
if (superblock === null) await bench.writeSuperblock(bench.superblock());

/** Appends that wait at the same time, so that batches hold several. */
const waitingMax = 8;
let [before] = await bench.journal.read(
  log.entries.slice(-1).map(({ header, hash }) => ({ op: header.op, hash })),
);
const appendNext = (): void => {
  const [entry] = bench.chain(1, { after: before ?? undefined });
  before = entry ?? null;
  bench.journal.append(entry ? [entry] : [], () => {
    process.stdout.write(`${entry?.header.op}\n`);
    appendNext();
  });
};
let nextBlock = Number(firstBlock);
const writeNext = (): void => {
  const number = nextBlock++;
  bench.journal.writeBlocks([numberedBlock(number)], () => {
    process.stdout.write(`block ${number}\n`);
    writeNext();
  });
};
writeNext();
for (let waiting = 0; waiting < waitingMax; waiting++) appendNext();
