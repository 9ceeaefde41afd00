/** What a single look at the cluster's health cannot tell: rates, stalls, since when. */
import type { ClusterHealth } from "@quorate/session";

/** How far back rates look, in ms. */
const rateWindowMs = 5000;

/** How far back refused statements are counted, in ms. */
const rejectWindowMs = 60_000;

/** Looks remembered: four a second for the longest window. */
const looksMax = 256;

interface Look {
  readonly atMs: number;
  readonly commit: number;
  readonly rejects: ReadonlyMap<string, number>;
  /** Ops that each member's log lacks of what is committed. */
  readonly lags: ReadonlyMap<string, number>;
}

/** Remembers looks at the cluster; times are of a clock that never goes back, in ms. */
export interface HealthHistory {
  note(health: ClusterHealth, atMs: number): void;
  opsPerSecond(): number;
  /** Time until the member has caught up at the rate of the last seconds; null when it does not. */
  catchUpMs(member: string): number | null;
  /** Time without a new commit although ops wait; null when commits flow or nothing waits. */
  stalledMs(atMs: number): number | null;
  /** Time since the status became what it is. */
  statusMs(atMs: number): number;
  /** Statements of the member refused in the last minute. */
  rejectedLastMinute(member: string): number;
}

/** An empty history. */
export function createHealthHistory(): HealthHistory {
  const looks: Look[] = [];
  let statusKey = "";
  let statusSinceMs = 0;
  let commitSinceMs = 0;
  let isWaiting = false;
  const since = (windowMs: number): Look | undefined => {
    const last = looks.at(-1);
    return last === undefined ? undefined : looks.find(({ atMs }) => atMs >= last.atMs - windowMs);
  };
  return {
    note(health, atMs) {
      const last = looks.at(-1);
      const waits = health.members.some(({ op }) => op > health.commit);
      // A stall begins when something begins to wait, or with the last commit while it waited.
      if (last?.commit !== health.commit || !isWaiting) commitSinceMs = atMs;
      isWaiting = waits;
      const key = `${health.status} ${health.epoch} ${health.view}`;
      if (key !== statusKey) statusSinceMs = atMs;
      statusKey = key;
      const rejects = new Map(health.members.map((each) => [each.id, each.signatureRejects]));
      const { commit } = health;
      const lags = new Map(health.members.map(({ id, op }) => [id, Math.max(0, commit - op)]));
      looks.push({ atMs, commit, rejects, lags });
      while (looks.length > looksMax) looks.shift();
    },
    opsPerSecond() {
      const first = since(rateWindowMs);
      const last = looks.at(-1);
      if (first === undefined || last === undefined || last.atMs === first.atMs) return 0;
      return Math.max(0, ((last.commit - first.commit) * 1000) / (last.atMs - first.atMs));
    },
    catchUpMs(member) {
      const last = looks.at(-1);
      const left = last?.lags.get(member);
      if (last === undefined || left === undefined) return null;
      const lagAt = ({ lags }: Look): number => lags.get(member) ?? 0;
      const recent = looks.filter(({ atMs }) => atMs >= last.atMs - rateWindowMs);
      // It gains since it was furthest behind: before that it may have stood still.
      const furthest = recent.reduce(
        (most, each) => (lagAt(each) >= lagAt(most) ? each : most),
        last,
      );
      const gained = lagAt(furthest) - left;
      return gained <= 0 ? null : Math.round((left * (last.atMs - furthest.atMs)) / gained);
    },
    stalledMs: (atMs) =>
      isWaiting && atMs > commitSinceMs ? Math.round(atMs - commitSinceMs) : null,
    statusMs: (atMs) => Math.max(0, Math.round(atMs - statusSinceMs)),
    rejectedLastMinute(member) {
      const now = looks.at(-1)?.rejects.get(member) ?? 0;
      // A member that has restarted counts from zero again.
      return Math.max(0, now - (since(rejectWindowMs)?.rejects.get(member) ?? now));
    },
  };
}
