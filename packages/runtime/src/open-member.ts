/** Reads a member's disk and counts this start, before anything is said. */
import { bytesEqual } from "@quorate/prelude";
import type { Journal, OpenedEntry, OpenedJournal } from "@quorate/ports";
import type { AdmissionContext, Superblock } from "@quorate/protocol";
import { assertClockOfNewDisk } from "./clock-of-new-disk.ts";
import { lostSuperblock } from "@quorate/vsr";

/** The data folder is another member's, or another cluster's. */
export class NotThisMemberError extends Error {
  override readonly name = "NotThisMemberError";
}

/** The data folder is a copy of the one in which this member made its promises (rule S12). */
export class MovedFolderError extends Error {
  override readonly name = "MovedFolderError";

  constructor() {
    super(
      "this folder was copied or restored: a member that forgot what it promised must come back " +
        "as a lost disk: erase the folder",
    );
  }
}

export interface OpenedMember {
  readonly superblock: Superblock;
  readonly entries: readonly OpenedEntry[];
}

/**
 * A folder without a superblock is that of a member whose disk is lost: every new member's is
 * formatted before its first start. `wallMs` is the host's clock, milliseconds since 1970, and
 * names the life of the new disk (rules S11, A6).
 *
 * Throws NotThisMemberError, MovedFolderError, WrongClockError and NoQuorumOfOthersError.
 */
export async function openMember(
  journal: Journal,
  { superblock, isMoved, log: found }: OpenedJournal,
  admission: AdmissionContext,
  index: number,
  wallMs: number,
): Promise<OpenedMember> {
  if (superblock === null) assertClockOfNewDisk(admission.config, wallMs);
  const known = superblock ?? lostSuperblock(admission, index, wallMs);
  const isOurs =
    known.replica === index &&
    bytesEqual(known.clusterId, admission.config.clusterId) &&
    bytesEqual(known.configDigest, admission.configDigest);
  if (!isOurs) throw new NotThisMemberError(`the data folder belongs to member ${known.replica}`);
  if (isMoved) throw new MovedFolderError();
  // What a lost disk has fetched is part of no log until the member is readmitted.
  const log = known.isDiskLost ? { entries: [], isHeadUncertain: false } : found;
  const isHeadUncertain = known.isHeadUncertain || log.isHeadUncertain;
  const last = log.entries.at(-1);
  // What was found above the old head is part of the log from now on, and is named as such.
  const head =
    isHeadUncertain || last === undefined ? known.head : { op: last.header.op, hash: last.hash };
  const next = { ...known, boot: known.boot + 1, head, isHeadUncertain };
  await new Promise<void>((resolve) => journal.writeSuperblock(next, resolve));
  return { superblock: next, entries: log.entries };
}
