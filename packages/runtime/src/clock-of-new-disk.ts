import type { ClusterConfig } from "@quorate/protocol";

/** The clock of this machine cannot name the life of a new disk. */
export class WrongClockError extends Error {
  override readonly name = "WrongClockError";

  constructor(wallMs: number) {
    super(
      `the disk is lost, and the clock says ${new Date(wallMs).toISOString()}, which is before the ` +
        "cluster was made or too late to be true: set it, because the new disk's life is named by it",
    );
  }
}

/** The last second that can name a disk's life: the year 2106. */
const incarnationMax = 2 ** 32 - 1;

/**
 * Throws WrongClockError when a disk whose life began at this time could be taken for an older one
 * (rule A6), or could not be named at all. `wallMs` is in milliseconds since 1970.
 *
 * A machine without a battery thinks that it is 1970 until it has asked somebody.
 */
export function assertClockOfNewDisk({ createdAtMs }: ClusterConfig, wallMs: number): void {
  if (wallMs < createdAtMs || wallMs / 1_000 > incarnationMax) throw new WrongClockError(wallMs);
}
