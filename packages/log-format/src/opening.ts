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

/** Makes the frames of one opened journal, each with the next sequence. */
export class SuperblockFrames {
  readonly journalId: Uint8Array;
  private readonly newestLost: number;
  private sequence: number;
  private settledRecord: number;
  private begin: JournalBegin;

  /** `previous` is the frame that the start found, or null; `newestLost` what its scan found. */
  constructor(previous: SuperblockFrame | null, journalId: Uint8Array, newestLost: number) {
    this.journalId = journalId;
    this.newestLost = newestLost;
    this.sequence = previous?.sequence ?? 0;
    this.settledRecord = previous?.settledRecord ?? 0;
    this.begin = previous?.begin ?? journalBegin;
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
    const { journalId, sequence, settledRecord } = this;
    return { sequence, journalId, lastRecord, settledRecord, begin: this.begin, superblock };
  }
}
