import type { PictureMember, PictureState } from "@quorate/contract";
import { fresh, type Freshness } from "./freshness.ts";

/** A state of the cluster worth looking at, and how old it is when it is shown. */
export type Fixture = {
  readonly name: string;
  readonly picture: PictureState;
  readonly freshness: Freshness;
};

type MemberPart = Partial<PictureMember> & Pick<PictureMember, "index">;

function member(commit: number, part: MemberPart): PictureMember {
  return {
    id: `r${part.index}`,
    role: "voter",
    state: "backup",
    head: commit,
    applied: commit,
    lagMs: 0,
    etaMs: null,
    lastSeenMs: 120,
    timeoutMs: 1000,
    fsyncMsP99: 2.4,
    rejectedLastMin: 0,
    safeToStop: true,
    ...part,
  };
}

type PicturePart = Partial<Omit<PictureState, "members">> &
  Pick<PictureState, "commit"> & { readonly members: readonly MemberPart[] };

function picture(part: PicturePart): PictureState {
  return {
    clusterId: "c_7f3a91",
    at: "2026-11-23T04:05:06.789Z",
    via: "r1",
    asOfMs: 40,
    coord: { epoch: 3, view: 42, op: part.commit },
    status: "normal",
    quorum: 2,
    reachable: 3,
    canLose: 1,
    stalledMs: null,
    opsPerSec: 1840,
    commitMsP50: 1.9,
    commitMsP99: 4.2,
    inflight: { from: part.commit + 1, step: 1, acks: [] },
    nextPrimary: "r1",
    transition: null,
    ...part,
    members: part.members.map((each) => member(part.commit, each)),
  };
}

const primary = { state: "primary", lastSeenMs: 0 } as const;

/** Three replicas, all well, six ops in flight. */
export const normalThree = picture({
  commit: 184_502,
  inflight: { from: 184_503, step: 1, acks: [[0], [0], [0], [0], [0], [0]] },
  members: [
    { index: 0, ...primary, head: 184_508, fsyncMsP99: 1.8 },
    { index: 1, lastSeenMs: 100 },
    { index: 2, head: 184_499, applied: 184_499, lagMs: 2, lastSeenMs: 180 },
  ],
});

/** Five replicas: one lags, one does not answer, someone sends statements in the name of a third. */
export const lagFive = picture({
  commit: 9_184_502,
  coord: { epoch: 6, view: 107, op: 9_184_502 },
  quorum: 3,
  reachable: 4,
  nextPrimary: "r3",
  inflight: {
    from: 9_184_503,
    step: 1,
    acks: [[0, 2], [0, 2], [0, 2], [2], [2], [2], [2], [2]],
  },
  members: [
    { index: 0, head: 9_184_505 },
    {
      index: 1,
      state: "behind",
      head: 9_172_022,
      applied: 9_172_022,
      lagMs: 6800,
      etaMs: 3000,
      lastSeenMs: 600,
    },
    { index: 2, ...primary, head: 9_184_510, fsyncMsP99: 2.1, safeToStop: false },
    { index: 3, rejectedLastMin: 14 },
    {
      index: 4,
      state: "unreachable",
      head: 9_061_377,
      applied: 9_061_377,
      lagMs: null,
      lastSeenMs: 42_000,
      fsyncMsP99: null,
    },
  ],
});

/** The primary has stopped; the next in turn has the votes. */
export const viewChange = picture({
  commit: 184_502,
  coord: { epoch: 3, view: 43, op: 184_502 },
  status: "view-change",
  reachable: 0,
  canLose: 0,
  opsPerSec: 0,
  stalledMs: 800,
  inflight: { from: 184_503, step: 1, acks: [[1, 2], [1, 2], [1], [1]] },
  transition: { kind: "view", sinceMs: 800, votes: ["r1", "r2"], needed: 2 },
  members: [
    { index: 0, state: "unreachable", lastSeenMs: 800, head: 184_502, safeToStop: false },
    { index: 1, state: "voting", head: 184_506, lastSeenMs: 20, safeToStop: false },
    { index: 2, state: "voting", head: 184_504, lastSeenMs: 150, safeToStop: false },
  ],
});

/** One of three is left. */
export const noQuorum = picture({
  commit: 184_502,
  via: "r2",
  status: "no-quorum",
  reachable: 1,
  canLose: 0,
  opsPerSec: 0,
  stalledMs: 191_000,
  commitMsP50: null,
  commitMsP99: null,
  nextPrimary: "r1",
  inflight: { from: 184_503, step: 1, acks: [[2], [2]] },
  members: [
    { index: 0, state: "unreachable", lastSeenMs: 193_000, head: 184_502, safeToStop: false },
    { index: 1, state: "unreachable", lastSeenMs: 191_000, head: 184_502, safeToStop: false },
    { index: 2, head: 184_504, safeToStop: false },
  ],
});

/** A fourth replica is being promoted: the next epoch begins. */
export const reconfiguring = picture({
  commit: 52_310,
  coord: { epoch: 3, view: 4, op: 52_310 },
  status: "reconfiguring",
  nextPrimary: "r2",
  inflight: { from: 52_311, step: 1, acks: [[1], [1]] },
  transition: {
    kind: "epoch",
    sinceMs: 1900,
    votes: ["r0", "r1"],
    needed: 3,
    voters: ["r0", "r1", "r2", "r3"],
    change: { type: "promote", member: "r3" },
  },
  members: [
    { index: 0 },
    { index: 1, ...primary, head: 52_312 },
    { index: 2 },
    { index: 3, role: "learner", head: 52_298, applied: 52_290, lagMs: 8 },
  ],
});

/** A learner fetches the state while the others work. */
export const learner = picture({
  commit: 52_310,
  coord: { epoch: 3, view: 4, op: 52_310 },
  nextPrimary: "r2",
  members: [
    { index: 0 },
    { index: 1, ...primary, head: 52_310 },
    { index: 2 },
    {
      index: 3,
      role: "learner",
      state: "transferring",
      head: 31_000,
      applied: 31_000,
      lagMs: 41_000,
      etaMs: 9000,
    },
  ],
});

/** One replica: a ring of one. */
export const single = picture({
  commit: 12_004,
  coord: { epoch: 0, view: 7, op: 12_004 },
  via: "r0",
  quorum: 1,
  reachable: 1,
  canLose: 0,
  opsPerSec: 12,
  nextPrimary: "r0",
  members: [{ index: 0, ...primary, safeToStop: false }],
});

/** Very busy: cells stand for ranges of ops. */
export const busyFive = picture({
  commit: 1_204_118_204,
  coord: { epoch: 9, view: 12_204, op: 1_204_118_204 },
  quorum: 3,
  reachable: 5,
  canLose: 2,
  opsPerSec: 48_210,
  inflight: {
    from: 1_204_118_205,
    step: 128,
    acks: Array.from({ length: 24 }, (_, k) => (k < 6 ? [0, 4] : [4])),
  },
  members: [
    { index: 0, head: 1_204_118_972 },
    { index: 1, head: 1_204_117_900 },
    { index: 2, head: 1_204_118_204 },
    { index: 3, head: 1_204_117_404 },
    { index: 4, ...primary, head: 1_204_121_276 },
  ],
});

/** Nothing is up but the gateway. */
export const starting = picture({
  commit: 0,
  coord: { epoch: 0, view: 0, op: 0 },
  via: "r0",
  status: "starting",
  reachable: 1,
  canLose: 0,
  opsPerSec: 0,
  commitMsP50: null,
  commitMsP99: null,
  nextPrimary: null,
  members: [
    { index: 0 },
    { index: 1, state: "recovering" },
    { index: 2, state: "unreachable", lastSeenMs: null, fsyncMsP99: null },
  ],
});

/** Every fixture with the freshness it is looked at in. */
export const fixtures: readonly Fixture[] = [
  { name: "normal-3", picture: normalThree, freshness: fresh },
  { name: "lag-5", picture: lagFive, freshness: fresh },
  { name: "busy-5", picture: busyFive, freshness: fresh },
  { name: "view-change", picture: viewChange, freshness: fresh },
  { name: "no-quorum", picture: noQuorum, freshness: fresh },
  { name: "reconfiguring", picture: reconfiguring, freshness: fresh },
  { name: "learner", picture: learner, freshness: fresh },
  { name: "single", picture: single, freshness: fresh },
  { name: "starting", picture: starting, freshness: fresh },
  { name: "stale", picture: normalThree, freshness: { tier: "stale", ageMs: 14_200 } },
  { name: "offline", picture: lagFive, freshness: { tier: "offline", ageMs: 4100 } },
];
