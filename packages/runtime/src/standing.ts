/** A replica's part in the cluster, told so that it can be read later who led when, and how often. */
import type { Log, Metrics } from "@quorate/ports";
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

/** Where standings are told. */
export interface StandingPorts {
  readonly config: ClusterConfig;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Tells each standing that is another than the one before. One for each life of a process. */
export class StandingReporter {
  private readonly ports: StandingPorts;
  /** The view that was told last; null before the first. */
  private view: View | null = null;

  constructor(ports: StandingPorts) {
    this.ports = ports;
  }

  /** A line of the log, and a count where the view is another. */
  tell({ status, view, isActing, executed }: Standing): void {
    const { config, log, metrics } = this.ports;
    if (this.view !== null && this.view !== view) metrics.count("quorate_view_changes_total");
    this.view = view;
    const primary = memberAt(config, primaryOf(config, view))?.id ?? null;
    log.info("status changed", { status, view, primary, isPrimary: isActing, commit: executed });
  }
}
