/** What the log tells of a replica's part in the cluster, so that it can be read later who led when. */
import type { Log } from "@quorate/ports";
import { type ClusterConfig, memberAt, primaryOf, type View } from "@quorate/protocol";
import type { Replica } from "@quorate/vsr";

/** Where a replica stands. */
export interface Standing {
  readonly status: Replica["status"];
  readonly view: View;
  /** Whether it is the acting primary of the view. */
  readonly isActing: boolean;
  /** The newest op that it has executed. */
  readonly executed: number;
}

/** Where the replica stands now. */
export function standingOf({ status, view, acting, executed }: Replica): Standing {
  return { status, view, isActing: acting !== null, executed };
}

/** One line for a standing that is another than before. */
export function logStanding(log: Log, config: ClusterConfig, standing: Standing): void {
  const { status, view, isActing, executed } = standing;
  const primary = memberAt(config, primaryOf(config, view))?.id ?? null;
  log.info("status changed", { status, view, primary, isPrimary: isActing, commit: executed });
}
