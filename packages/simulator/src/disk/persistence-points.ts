/** Where a process may die on its way to the disk: one name for each moment that matters. */
import type { JournalFatalReason } from "@quorate/ports";

/**
 * `written`: handed to the disk, any block of it may be there or not. `flushed`: on the disk for
 * certain, and nobody has heard of it yet.
 */
export const persistencePoints = [
  "batch-written",
  "batch-flushed",
  "names-written",
  "names-flushed",
  "superblock-1-written",
  "superblock-1-flushed",
  "superblock-2-written",
  "superblock-2-flushed",
  "segment-created",
  "blocks-written",
  "blocks-flushed",
] as const;
export type PersistencePoint = (typeof persistencePoints)[number];

/** Why a disk refuses. */
export type DiskTrouble = JournalFatalReason;

/** The next disk call at one of these points is refused for this reason. */
export interface PlannedTrouble {
  readonly points: readonly PersistencePoint[];
  readonly reason: DiskTrouble;
}
