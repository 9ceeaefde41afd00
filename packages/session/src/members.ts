/** What the members say of themselves, and who leads. */
import { type ClusterConfig, type NoteOf, votersOf } from "@quorate/protocol";
import { acknowledgedMs, heardMs } from "./limits.ts";
import { quorumNeeded } from "./quorum-needed.ts";

export interface HeardStatus {
  readonly note: NoteOf<"status">;
  readonly atMs: number;
}

/** One sample of the primary's progress: from it the age of a lag is estimated. */
interface CommitSample {
  readonly atMs: number;
  readonly commit: number;
}

/** Samples kept: with five a second, ten minutes. */
const samplesMax = 3_000;

export class Members {
  readonly config: ClusterConfig;
  private readonly heard: (HeardStatus | null)[];
  private readonly linked: boolean[];
  private readonly samples: CommitSample[] = [];
  private wasNormal = false;

  constructor(config: ClusterConfig) {
    this.config = config;
    this.heard = config.members.map(() => null);
    this.linked = config.members.map(() => false);
  }

  /** Whether any member has been seen at work since this gateway started. */
  get hasStarted(): boolean {
    return this.wasNormal;
  }

  onStatus(index: number, note: NoteOf<"status">, nowMs: number): void {
    if (index >= this.heard.length) return;
    this.heard[index] = { note, atMs: nowMs };
    if (note.isActingPrimary) {
      this.wasNormal = true;
      this.samples.push({ atMs: nowMs, commit: note.commit });
      if (this.samples.length > samplesMax) this.samples.shift();
    }
  }

  onLink(index: number, isUp: boolean): void {
    if (index < this.linked.length) this.linked[index] = isUp;
  }

  isLinked(index: number): boolean {
    return this.linked[index] ?? false;
  }

  statusOf(index: number): HeardStatus | null {
    return this.heard[index] ?? null;
  }

  /** A member is alive while its link is open and it was heard a short while ago. */
  isAlive(index: number, nowMs: number): boolean {
    const heard = this.statusOf(index);
    return this.isLinked(index) && heard !== null && nowMs - heard.atMs <= heardMs;
  }

  /** The view of the primary; without one the newest view that any living member is in. */
  view(nowMs: number): number {
    const primary = this.primary(nowMs);
    if (primary !== null) return this.viewOf(primary);
    const views = this.heard.map((_, index) =>
      this.isAlive(index, nowMs) ? this.viewOf(index) : 0,
    );
    return Math.max(0, ...views);
  }

  /**
   * The member in charge: acting, alive, acknowledged by a quorum that has not gone on to a newer
   * view; the one in the newest view if there are two. What fewer members say of newer views ends
   * nothing: one that the others do not hear may be in one alone, for ever.
   */
  primary(nowMs: number): number | null {
    let primary: number | null = null;
    for (const [index, heard] of this.heard.entries()) {
      if (heard?.note.isActingPrimary !== true || !this.isAlive(index, nowMs)) continue;
      if (!this.hasQuorum(index, nowMs)) continue;
      if (primary === null || this.viewOf(index) > this.viewOf(primary)) primary = index;
    }
    return primary;
  }

  /**
   * The living member that has executed most, or null: for a read that may be stale. One that has its
   * state still to open, or has lost its disk, says that it has executed nothing, and answers none.
   */
  mostExecuted(nowMs: number): number | null {
    const executed = (member: number): number => this.statusOf(member)?.note.commit ?? 0;
    let most: number | null = null;
    for (const member of this.heard.keys()) {
      if (!this.isAlive(member, nowMs)) continue;
      if (most === null || executed(member) > executed(most)) most = member;
    }
    return most;
  }

  livingVoters(nowMs: number): number {
    return votersOf(this.config).filter((_, index) => this.isAlive(index, nowMs)).length;
  }

  /** When the primary had executed `commit`; null when that is older than what is kept. */
  timeOfCommit(commit: number): number | null {
    return this.samples.find((sample) => sample.commit > commit)?.atMs ?? null;
  }

  private viewOf(index: number): number {
    return this.statusOf(index)?.note.view ?? 0;
  }

  private hasQuorum(primary: number, nowMs: number): boolean {
    const acknowledgedAgoMs = this.statusOf(primary)?.note.acknowledgedAgoMs ?? [];
    const recent = votersOf(this.config).filter((_, index) => {
      const agoMs = acknowledgedAgoMs[index] ?? null;
      return agoMs !== null && agoMs <= acknowledgedMs;
    });
    const staying = votersOf(this.config).filter(
      (_, index) => !this.isAlive(index, nowMs) || this.viewOf(index) <= this.viewOf(primary),
    );
    return Math.min(recent.length, staying.length) >= quorumNeeded(this.config);
  }
}
