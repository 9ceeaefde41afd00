/** What one life of a simulated process knows of the log on its disk. */
import {
  BatchEncoder,
  frameBytes,
  journalBegin,
  journalIdBytes,
  type JournalOrigin,
  openScanned,
  readRecord,
  type RecordFormat,
  type RecordIndex,
  superblockFiles,
  SuperblockFrames,
} from "@quorate/log-format";
import type { OpenedJournal } from "@quorate/ports";
import { assert, bytesEqual, type Prng, type Sha256 } from "@quorate/prelude";
import type { Entry, LogPosition, Superblock } from "@quorate/protocol";
import { type DiskOwner, formatFor } from "./disk-format.ts";
import type { SimDisk } from "./sim-disk.ts";

export interface SimLog {
  readonly opened: OpenedJournal;
  readonly format: RecordFormat;
  readonly encoder: BatchEncoder;
  readonly index: RecordIndex;
  readonly frames: SuperblockFrames;
}

/** Reads what the disk holds and repairs its superblock, as the journal on files does. */
export function openSimLog(disk: SimDisk, owner: DiskOwner, sha256: Sha256, prng: Prng): SimLog {
  const { decision, scan } = disk.read(owner);
  assert(decision.kind === "found" || decision.kind === "blank", "a superblock copy survives");
  const frame = decision.kind === "found" ? decision.frame : null;
  const { journalId, folderMark } = frame ?? newOrigin(disk, prng);
  if (decision.kind === "found") {
    for (const file of decision.filesToRepair) disk.writeSuperblockFile(file, decision.frame);
  }
  const scanned = scan(frame, journalId);
  if (frame !== null) disk.freeBefore(frame.begin.segment);
  const format = formatFor(owner, journalId, sha256);
  const log = frame === null ? emptyLog : openScanned(frame, scanned);
  return {
    opened: {
      superblock: frame?.superblock ?? null,
      isMoved: !bytesEqual(folderMark, disk.mark),
      log,
    },
    format,
    encoder: new BatchEncoder(format, disk.segmentBytes, scanned.resume),
    index: scanned.index,
    frames: new SuperblockFrames(frame ?? { journalId, folderMark }, scanned.lost.newest),
  };
}

/** Writes the first superblock of a new member to an unused disk. */
export function formatSimDisk(disk: SimDisk, superblock: Superblock, prng: Prng): void {
  const frames = new SuperblockFrames(newOrigin(disk, prng), 0);
  const frame = frames.next(superblock, 0, journalBegin);
  for (let file = 0; file < superblockFiles; file++) disk.writeSuperblockFile(file, frame);
}

/** The entry, or null when it was never stored or is harmed wherever it stands. */
export function readSimEntry(log: SimLog, disk: SimDisk, position: LogPosition): Entry | null {
  for (const location of log.index.locate(position.op, position.hash)) {
    const { segment, offset, bodyBytes } = location;
    const bytes = disk.bytesAt(segment, offset, frameBytes + bodyBytes);
    const entry = readRecord(bytes, location, position, log.format);
    if (entry !== null) return entry;
  }
  return null;
}

function newOrigin(disk: SimDisk, prng: Prng): JournalOrigin {
  return { journalId: prng.bytes(journalIdBytes), folderMark: disk.mark };
}

const emptyLog = { entries: [], isHeadUncertain: false } as const;
