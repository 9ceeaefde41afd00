/** The steps between the bytes of a folder and what its replica is told: shared by every host. */
import type { Superblock } from "@quorate/protocol";
import type { ScannedJournal } from "./journal-scan.ts";
import { type OpenedLog, openLog } from "./opened-log.ts";
import { type JournalBegin, journalBegin } from "./segment-spans.ts";
import type { SuperblockFrame } from "./superblock-copy.ts";

/** The log of a scanned journal under its newest superblock. */
export function openScanned(frame: SuperblockFrame, scanned: ScannedJournal): OpenedLog {
  const known = {
    entries: scanned.entries,
    lostCount: scanned.lost.count,
    isTailLost: scanned.lost.newest > frame.settledRecord,
  };
  return openLog(frame.superblock, known);
}

/** What tells one journal from all others, drawn and taken once. */
export type JournalOrigin = Pick<SuperblockFrame, "journalId" | "folderMark">;

/** Makes the frames of one opened journal, each with the next sequence. */
export class SuperblockFrames {
  private readonly origin: JournalOrigin;
  private readonly newestLost: number;
  private sequence: number;
  private settledRecord: number;
  private begin: JournalBegin;

  /**
   * `previous` is the frame that the start found, or where a new journal comes from; `newestLost`
   * what its scan found.
   */
  constructor(previous: SuperblockFrame | JournalOrigin, newestLost: number) {
    const { journalId, folderMark } = previous;
    this.origin = { journalId, folderMark };
    this.newestLost = newestLost;
    const isNew = !("sequence" in previous);
    this.sequence = isNew ? 0 : previous.sequence;
    this.settledRecord = isNew ? 0 : previous.settledRecord;
    this.begin = isNew ? journalBegin : previous.begin;
  }

  /**
   * `lastRecord` is the sequence of the newest flushed entry record; `begin` where the journal
   * begins under the superblock's base. What one frame has left out, the next does too.
   */
  next(superblock: Superblock, lastRecord: number, begin: JournalBegin): SuperblockFrame {
    this.sequence += 1;
    if (begin.segment > this.begin.segment) this.begin = begin;
    if (!superblock.isHeadUncertain) {
      this.settledRecord = Math.max(this.settledRecord, this.newestLost);
    }
    const { origin, sequence, settledRecord } = this;
    return { sequence, ...origin, lastRecord, settledRecord, begin: this.begin, superblock };
  }
}
