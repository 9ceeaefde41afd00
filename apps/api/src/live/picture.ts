/** From what a gateway knows of the cluster to the picture that the dashboard draws. */
import {
  behindLagMsMin,
  formatTime,
  inflightColumnsMax,
  type MemberState,
  memberHeardMsMax,
  type PictureMember,
  type PictureState,
  type Transition,
} from "@quorate/contract";
import { unreachable } from "@quorate/prelude";
import type { ClusterHealth, MemberHealth } from "@quorate/session";
import type { CommitLatency } from "../cluster/latency.ts";
import type { HealthHistory } from "./history.ts";

/** What a picture is made of beside the cluster's health. */
export interface PictureSource {
  readonly history: HealthHistory;
  readonly latency: CommitLatency;
  /** Ms since 1970, for reading. */
  readonly nowMs: number;
  /** Ms of a clock that never goes back, for ages. */
  readonly atMs: number;
}

/** The picture; null while no member is known. */
export function pictureOf(health: ClusterHealth, source: PictureSource): PictureState | null {
  if (health.members.length === 0) return null;
  const { history, latency, nowMs, atMs } = source;
  const { p50, p99 } = latency.percentiles();
  const { epoch, view, commit, quorum, status } = health;
  return {
    clusterId: health.clusterId,
    at: formatTime(nowMs),
    via: newestOf(health.members),
    asOfMs: Math.round(health.asOfMs ?? atMs),
    coord: { epoch, view, op: commit },
    status,
    quorum: Math.max(1, quorum.needed),
    reachable: quorum.reachable,
    canLose: quorum.canLose,
    commit,
    stalledMs: history.stalledMs(atMs),
    opsPerSec: Math.round(history.opsPerSecond() * 10) / 10,
    commitMsP50: p50,
    commitMsP99: p99,
    members: health.members
      .map((member) => memberOf(member, health, history))
      .toSorted((left, right) => left.index - right.index),
    inflight: inflightOf(health),
    nextPrimary: nextPrimaryOf(health),
    transition: transitionOf(health, history.statusMs(atMs)),
  };
}

/** The member heard last. */
function newestOf(members: readonly MemberHealth[]): string | null {
  const age = ({ lastSeenMs }: MemberHealth): number => lastSeenMs ?? Infinity;
  const [newest] = members.toSorted((left, right) => age(left) - age(right));
  return newest === undefined || newest.lastSeenMs === null ? null : newest.id;
}

function memberOf(
  member: MemberHealth,
  health: ClusterHealth,
  history: HealthHistory,
): PictureMember {
  const { id, index, role, op, commit, lagMs, lastSeenMs, fsyncMsP99, safeToStop } = member;
  const state = stateOf(member, health);
  return {
    id,
    index,
    role,
    state,
    head: op,
    applied: Math.min(commit, op),
    lagMs: Math.round(lagMs),
    etaMs: state === "behind" ? history.catchUpMs(id) : null,
    lastSeenMs: lastSeenMs === null ? null : Math.round(lastSeenMs),
    timeoutMs: memberHeardMsMax,
    // What it said of the minute before it fell silent is not of the last one.
    fsyncMsP99: member.status === "unreachable" ? null : fsyncMsP99,
    rejectedLastMin: history.rejectedLastMinute(id),
    safeToStop,
  };
}

function stateOf({ id, status, role, lagMs }: MemberHealth, health: ClusterHealth): MemberState {
  switch (status) {
    case "unreachable":
    case "recovering":
    case "transferring":
      return status;
    case "view-change":
      return role === "voter" ? "voting" : "backup";
    case "normal":
      if (id === health.primary) return "primary";
      return lagMs >= behindLagMsMin ? "behind" : "backup";
    default:
      return unreachable(status);
  }
}

/** Ops after the commit in at most inflightColumnsMax columns of a power of two ops each. */
function inflightOf({ commit, inFlight }: ClusterHealth): PictureState["inflight"] {
  const acksByOp = new Map(inFlight.map(({ op, acks }) => [op, acks]));
  const newest = Math.max(commit, ...inFlight.map(({ op }) => op));
  let step = 1;
  while (Math.ceil((newest - commit) / step) > inflightColumnsMax) step *= 2;
  const columns: (readonly number[])[] = [];
  for (let last = commit + step; last < newest + step; last += step) {
    // Acknowledgements are cumulative: who has the column's last op has the column.
    const acks = acksByOp.get(Math.min(last, newest)) ?? [];
    const before = columns.at(-1);
    columns.push(before === undefined ? acks : acks.filter((index) => before.includes(index)));
  }
  return { from: commit + 1, step, acks: columns.map((acks) => [...acks]) };
}

function nextPrimaryOf({ members, view }: ClusterHealth): string | null {
  const voters = members
    .filter(({ role }) => role === "voter")
    .toSorted((left, right) => left.index - right.index);
  return voters.length === 0 ? null : (voters[(view + 1) % voters.length]?.id ?? null);
}

/** A view change that has begun; its votes are the voters that have entered it. */
function transitionOf(health: ClusterHealth, sinceMs: number): Transition | null {
  if (health.status !== "view-change") return null;
  const votes = health.members.filter(
    ({ role, status, view }) =>
      role === "voter" && status === "view-change" && view === health.view,
  );
  return {
    kind: "view",
    sinceMs,
    votes: votes.map(({ id }) => id),
    needed: Math.max(1, health.quorum.needed),
  };
}
