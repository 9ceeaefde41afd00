/** How the log of a simulated disk is written. */
import { crc32 } from "node:zlib";
import { journalTag, type RecordFormat, sectorBytes } from "@quorate/log-format";
import type { Sha256 } from "@quorate/prelude";

/** Small enough to be scanned often, large enough for every entry of the workload. */
export const simSegmentBytes = 32 * sectorBytes;
/** Large enough for entries full of requests, as a gateway makes them that floods. */
export const floodedSegmentBytes = 256 * sectorBytes;
/** Large enough for the largest entry that there may be, and for the names of the batch before. */
export const giantSegmentBytes = 1_200 * sectorBytes;

/** Whose disk it is. */
export interface DiskOwner {
  readonly clusterId: Uint8Array;
  readonly replica: number;
}

/** The format of the records of this disk's journal. */
export function formatFor(owner: DiskOwner, journalId: Uint8Array, sha256: Sha256): RecordFormat {
  return { tag: journalTag(owner, journalId, sha256), crc32 };
}
