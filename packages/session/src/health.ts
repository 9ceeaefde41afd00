/** What a gateway knows of the cluster, in the words of the REST contract. */
import { hexEncode, type Sha256 } from "@quorate/prelude";
import { keyIdOf, type Member, type NoteOf, type ReplicaStatus } from "@quorate/protocol";
import type { ClusterHealth, ClusterStatus, MemberHealth, MemberStatus } from "./cluster-client.ts";
import type { Members } from "./members.ts";
import { quorumNeeded } from "./quorum-needed.ts";

export function healthOf(
  members: Members,
  now: { readonly monotonicMs: number; readonly wallMs: number },
  sha256: Sha256,
): ClusterHealth {
  const { config } = members;
  const primary = members.primary(now.monotonicMs);
  const reachable = reachableVoters(members, primary, now.monotonicMs);
  const needed = quorumNeeded(config);
  const primaryNote = primary === null ? null : (members.statusOf(primary)?.note ?? null);
  const heardAt = config.members.map((_, index) => members.statusOf(index)?.atMs ?? -Infinity);
  const newest = Math.max(...heardAt);
  return {
    clusterId: hexEncode(config.clusterId),
    epoch: config.epoch,
    view: members.view(now.monotonicMs),
    status: clusterStatus(members, primary, now.monotonicMs),
    primary: primary === null ? null : (config.members[primary]?.id ?? null),
    commit: primaryNote?.commit ?? commitOf(members),
    quorum: { needed, reachable: reachable.size, canLose: Math.max(0, reachable.size - needed) },
    members: config.members.map((member, index) => {
      const isSafe = reachable.size - (reachable.has(index) ? 1 : 0) >= needed;
      // One moment's figures: members speak at different times, the primary knows them all at one.
      const snapshot = primaryNote !== null && reachable.has(index) ? primaryNote : null;
      return memberHealth(members, member, { index, now, isSafe, snapshot, sha256 });
    }),
    asOfMs: Number.isFinite(newest) ? Math.max(0, Math.round(now.monotonicMs - newest)) : null,
    inFlight: primaryNote?.inFlight ?? [],
  };
}

/** Voters that are normal in the current view: as they say, and as the primary hears them. */
function reachableVoters(members: Members, primary: number | null, nowMs: number): Set<number> {
  const reachable = new Set<number>();
  if (primary === null) return reachable;
  const view = members.view(nowMs);
  const acknowledged = members.statusOf(primary)?.note.acknowledgedAgoMs ?? [];
  for (const [index, member] of members.config.members.entries()) {
    const note = members.statusOf(index)?.note;
    const isNormal = note?.status === "normal" && note.view === view;
    const agoMs = acknowledged[index] ?? null;
    const isHeard = agoMs !== null && agoMs <= 2_000;
    if (member.role === "voter" && members.isAlive(index, nowMs) && isNormal && isHeard) {
      reachable.add(index);
    }
  }
  return reachable;
}

function clusterStatus(members: Members, primary: number | null, nowMs: number): ClusterStatus {
  if (primary !== null) return "normal";
  if (!members.hasStarted) return "starting";
  return members.livingVoters(nowMs) >= quorumNeeded(members.config) ? "view-change" : "no-quorum";
}

function commitOf(members: Members): number {
  const commits = members.config.members.map((_, i) => members.statusOf(i)?.note.commit ?? 0);
  return Math.max(0, ...commits);
}

interface MemberPlace {
  readonly index: number;
  readonly now: { readonly monotonicMs: number; readonly wallMs: number };
  readonly isSafe: boolean;
  /** The primary's status, if it hears this member. */
  readonly snapshot: NoteOf<"status"> | null;
  readonly sha256: Sha256;
}

function memberHealth(
  members: Members,
  member: Member,
  { index, now, isSafe, snapshot, sha256 }: MemberPlace,
): MemberHealth {
  const heard = members.statusOf(index);
  const note = heard?.note ?? null;
  const op = snapshot?.storedOps[index] ?? note?.head ?? 0;
  const lagOps = Math.max(0, (snapshot?.commit ?? commitOf(members)) - op);
  const passedAt = lagOps === 0 ? null : members.timeOfCommit(op);
  return {
    id: member.id,
    index,
    role: member.role,
    status: members.isAlive(index, now.monotonicMs) ? statusWord(note?.status) : "unreachable",
    view: note?.view ?? 0,
    op,
    commit: note?.commit ?? 0,
    lagOps,
    lagMs: passedAt === null ? 0 : Math.max(0, Math.round(now.monotonicMs - passedAt)),
    lastSeenMs: heard === null ? null : Math.max(0, Math.round(now.monotonicMs - heard.atMs)),
    keyId: hexEncode(keyIdOf(member.publicKey, sha256)),
    keyAgeMs: Math.max(0, now.wallMs - members.config.createdAtMs),
    version: note?.version ?? "",
    fsyncMsP99: note?.fsyncMicrosP99 == null ? null : note.fsyncMicrosP99 / 1_000,
    signatureRejects: note?.statementRejects ?? 0,
    safeToStop: isSafe,
  };
}

/** A member that has not found its first view yet is on its way into one. */
function statusWord(status: ReplicaStatus | undefined): MemberStatus {
  return status === undefined || status === "starting" ? "view-change" : status;
}
