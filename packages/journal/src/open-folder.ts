/** Opens a journal's folder: lock, superblock, scan, and the rules of opening. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  BatchEncoder,
  type Crc32,
  journalBegin,
  JournalScan,
  journalStart,
  journalTag,
  openScanned,
  type RecordFormat,
  RecordIndex,
  SuperblockFrames,
  type SuperblockFrame,
} from "@quorate/log-format";
import type { Log, OpenedJournal } from "@quorate/ports";
import { bytesEqual, type Sha256 } from "@quorate/prelude";
import { BlockFiles } from "./block-files.ts";
import { type DirectoryLock, lockDirectory } from "./directory-lock.ts";
import type { DiskCalls } from "./disk-calls.ts";
import { isMarkOf, newOrigin } from "./folder-mark.ts";
import { JournalError } from "./journal-error.ts";
import { areSegmentsBlank, scanSegments, type SegmentSource } from "./scan-segments.ts";
import { listSegments, SegmentStore } from "./segment-store.ts";
import { SuperblockStore } from "./superblock-store.ts";
import { unfinishedSuffix } from "./zero-file.ts";

/** Whose folder it is, and what it is opened with. */
export interface FolderParts {
  readonly directory: string;
  readonly clusterId: Uint8Array;
  readonly replica: number;
  readonly segmentBytes: number;
  readonly blockSlotsPerFile: number;
  readonly sha256: Sha256;
  readonly crc32: Crc32;
  readonly disk: DiskCalls;
  readonly log: Log;
}

/** A folder that this process holds. */
export interface OpenFolder {
  readonly opened: OpenedJournal;
  readonly format: RecordFormat;
  readonly index: RecordIndex;
  readonly encoder: BatchEncoder;
  readonly frames: SuperblockFrames;
  readonly segments: SegmentStore;
  readonly superblocks: SuperblockStore;
  readonly blocks: BlockFiles;
  readonly lock: DirectoryLock;
}

/** Opens the folder, or creates it. Throws JournalError, and errors of the operating system. */
export async function openFolder(parts: FolderParts): Promise<OpenFolder> {
  const { directory, segmentBytes, disk, log } = parts;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(directory);
  const segments = new SegmentStore(directory, segmentBytes, disk, log);
  const superblocks = new SuperblockStore(directory, disk, parts.sha256);
  const blocks = new BlockFiles({ ...parts, slotsPerFile: parts.blockSlotsPerFile });
  try {
    await removeUnfinished(directory);
    await blocks.scan();
    const numbers = await listSegments(directory);
    const source = { segments, numbers, disk, log };
    const isUsed = async (): Promise<boolean> =>
      blocks.index.endOfUse() > 0 || !(await areSegmentsBlank(source));
    const frame = await readSuperblock(parts, superblocks, isUsed);
    segments.adopt(numbers);
    const found = await (frame === null ? newJournal(parts) : readJournal(parts, source, frame));
    const { segment, offset } = found.encoder.next;
    await segments.forWriting(segment, offset);
    return { ...found, segments, superblocks, blocks, lock };
  } catch (error) {
    await blocks.close();
    await segments.close();
    await superblocks.close();
    await lock.release();
    throw error;
  }
}

type Found = Pick<OpenFolder, "opened" | "format" | "index" | "encoder" | "frames">;

async function newJournal(parts: FolderParts): Promise<Found> {
  const origin = await newOrigin(parts.directory);
  const format = formatOf(parts, origin.journalId);
  return {
    opened: { superblock: null, isMoved: false, log: { entries: [], isHeadUncertain: false } },
    format,
    index: new RecordIndex(journalBegin),
    encoder: new BatchEncoder(format, parts.segmentBytes, journalStart),
    frames: new SuperblockFrames(origin, 0),
  };
}

async function readJournal(
  parts: FolderParts,
  source: SegmentSource,
  frame: SuperblockFrame,
): Promise<Found> {
  const format = formatOf(parts, frame.journalId);
  const { segment: first } = frame.begin;
  const scan = new JournalScan(format, parts.sha256, frame);
  const numbers = source.numbers.filter((number) => number >= first);
  await scanSegments({ ...source, numbers }, scan);
  source.segments.freeBefore(first);
  const scanned = scan.finish();
  const log = openScanned(frame, scanned);
  const corrupt = log.entries.filter((entry) => entry.state === "corrupt").length;
  if (corrupt > 0 || scanned.lost.count > 0 || log.isHeadUncertain) {
    const { isHeadUncertain } = log;
    const fields = { corrupt, lost: scanned.lost.count, isHeadUncertain };
    parts.log.warn("the journal has unreadable records", fields);
  }
  const isMoved = !(await isMarkOf(parts.directory, frame.folderMark));
  return {
    opened: { superblock: frame.superblock, isMoved, log },
    format,
    index: scanned.index,
    encoder: new BatchEncoder(format, parts.segmentBytes, scanned.resume),
    frames: new SuperblockFrames(frame, scanned.lost.newest),
  };
}

/** The newest superblock, or null in a folder that was never used. */
async function readSuperblock(
  { directory, clusterId, replica }: FolderParts,
  superblocks: SuperblockStore,
  isUsed: () => Promise<boolean>,
): Promise<SuperblockFrame | null> {
  const decision = await superblocks.open();
  switch (decision.kind) {
    case "found": {
      const { superblock } = decision.frame;
      if (superblock.replica !== replica || !bytesEqual(superblock.clusterId, clusterId)) {
        throw new JournalError("foreign-folder", `${directory} belongs to another replica`);
      }
      return decision.frame;
    }
    case "blank":
      if (!(await isUsed())) return null;
      throw new JournalError("superblock-lost", `${directory} was used and has no superblock`);
    case "lost":
      throw new JournalError("superblock-lost", `no superblock of ${directory} can be read`);
    case "conflict":
      throw new JournalError("superblock-conflict", `superblocks of ${directory} disagree`);
  }
}

function formatOf(parts: FolderParts, journalId: Uint8Array): RecordFormat {
  return { tag: journalTag(parts, journalId, parts.sha256), crc32: parts.crc32 };
}

async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.endsWith(unfinishedSuffix)) await rm(join(directory, name), { force: true });
  }
}
