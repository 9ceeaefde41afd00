import {
  asEpoch,
  asOp,
  asView,
  type ClusterConfig,
  type NoteOf,
  type ReplicaStatus,
} from "@quorate/protocol";
import { expect, test } from "vitest";
import { healthOf } from "./health.ts";
import { acknowledgedMs, heardMs } from "./limits.ts";
import { Members } from "./members.ts";

const sha256 = (): Uint8Array => new Uint8Array(32);

const config: ClusterConfig = {
  clusterId: new Uint8Array(32),
  epoch: asEpoch(0),
  pipelineMax: 8,
  checkpointOps: 64,
  checkpointBytes: 1_048_576,
  createdAtMs: 0,
  members: [0, 1, 2].map((index) => ({
    id: `r${index}`,
    address: `http://r${index}`,
    publicKey: new Uint8Array(32).fill(index),
    role: "voter" as const,
  })),
  gateways: [],
  operators: [],
  operatorThreshold: 0,
};

interface Said {
  readonly view?: number;
  readonly commit?: number;
  readonly status?: ReplicaStatus;
  readonly acknowledgedAgoMs?: readonly (number | null)[];
  readonly storedOps?: readonly number[];
}

function status(said: Said): NoteOf<"status"> {
  const { acknowledgedAgoMs } = said;
  return {
    note: "status",
    status: said.status ?? "normal",
    epoch: asEpoch(0),
    view: asView(said.view ?? 1),
    head: asOp(said.commit ?? 0),
    commit: asOp(said.commit ?? 0),
    isActingPrimary: acknowledgedAgoMs !== undefined,
    version: "1",
    fsyncMicrosP99: null,
    statementRejects: 0,
    acknowledgedAgoMs: acknowledgedAgoMs ?? [],
    storedOps: (said.storedOps ?? []).map(asOp),
    inFlight: [],
  };
}

/** Everybody is linked and says so at time 0; r1 leads. */
function healthy(): Members {
  const members = new Members(config);
  for (const index of [0, 1, 2]) members.onLink(index, true);
  members.onStatus(0, status({}), 0);
  members.onStatus(1, status({ acknowledgedAgoMs: [5, 0, 5] }), 0);
  members.onStatus(2, status({}), 0);
  return members;
}

const health = (members: Members, nowMs: number) =>
  healthOf(members, { monotonicMs: nowMs, wallMs: nowMs }, sha256);

test("three of three normal: one may stop, whichever it is", () => {
  expect(health(healthy(), 10)).toMatchObject({
    status: "normal",
    primary: "r1",
    quorum: { needed: 2, reachable: 3, canLose: 1 },
  });
  expect(health(healthy(), 10).members.map((member) => member.safeToStop)).toEqual([
    true,
    true,
    true,
  ]);
});

test("with two of three left, only the one that is gone is safe to stop", () => {
  const members = healthy();
  members.onLink(2, false);
  const { quorum, members: shown } = health(members, 10);
  expect(quorum).toEqual({ needed: 2, reachable: 2, canLose: 0 });
  expect(shown.map((member) => member.safeToStop)).toEqual([false, false, true]);
  expect(shown[2]?.status).toBe("unreachable");
});

test("a stale read without a primary goes to whoever has executed most, and never to who is gone", () => {
  const members = healthy();
  // r0 has lost its disk: it would decline for ever.
  members.onStatus(0, status({ status: "recovering", commit: 0 }), 10);
  members.onStatus(1, status({ commit: 7 }), 10);
  members.onStatus(2, status({ commit: 9 }), 10);
  expect(members.mostExecuted(20)).toBe(2);
  members.onLink(2, false);
  expect(members.mostExecuted(20)).toBe(1);
  members.onLink(1, false);
  expect(members.mostExecuted(20)).toBe(0);
  expect(members.mostExecuted(10 + heardMs + 1)).toBeNull();
});

test("a primary that no quorum acknowledges leads nobody", () => {
  const members = healthy();
  const late = acknowledgedMs + 1;
  members.onStatus(1, status({ acknowledgedAgoMs: [late, 0, null] }), 10);
  expect(members.primary(20)).toBeNull();
  expect(health(members, 20).status).toBe("view-change");
});

test("an acting primary is not the primary when no quorum is left in its view", () => {
  const members = healthy();
  for (const index of [0, 2]) {
    members.onStatus(index, status({ view: 2, status: "view-change" }), 10);
  }
  expect(members.primary(20)).toBeNull();
  expect(members.view(20)).toBe(2);
});

test("a member that has gone on to a newer view alone keeps nobody from the primary", () => {
  const members = healthy();
  members.onStatus(2, status({ view: 2, status: "view-change" }), 10);
  expect(members.primary(20)).toBe(1);
  expect(health(members, 20)).toMatchObject({
    status: "normal",
    view: 1,
    quorum: { needed: 2, reachable: 2 },
  });
});

test("of two that act, and have both been acknowledged just now, the one in the newer view leads", () => {
  const members = healthy();
  members.onStatus(2, status({ view: 2, acknowledgedAgoMs: [5, null, 0] }), 10);
  expect(members.primary(20)).toBe(2);
  members.onStatus(0, status({ view: 3, acknowledgedAgoMs: [0, null, 5] }), 20);
  expect(members.primary(30)).toBe(0);
});

test("a member that was not heard for long is not alive, whatever its link says", () => {
  const members = healthy();
  members.onStatus(1, status({ acknowledgedAgoMs: [5, 0, 5] }), heardMs + 5);
  expect(members.isAlive(0, heardMs + 10)).toBe(false);
  expect(members.isAlive(1, heardMs + 10)).toBe(true);
});

test("too few living members is no quorum, once the cluster was seen at work", () => {
  const members = healthy();
  for (const index of [1, 2]) members.onLink(index, false);
  expect(health(members, 10).status).toBe("no-quorum");
  expect(health(new Members(config), 10).status).toBe("starting");
});

test("what members hold is taken at one moment: the primary's", () => {
  const members = healthy();
  members.onStatus(0, status({ commit: 90 }), 0);
  const said = { commit: 100, acknowledgedAgoMs: [5, 0, 5], storedOps: [101, 102, 60] };
  members.onStatus(1, status(said), 10);
  members.onStatus(2, status({ commit: 130 }), 20);
  const { commit, members: shown } = health(members, 30);
  expect(commit).toBe(100);
  expect(shown.map((member) => [member.op, member.lagOps])).toEqual([
    [101, 0],
    [102, 0],
    [60, 40],
  ]);
});

test("the age of a lag is the time since the primary passed that op", () => {
  const members = healthy();
  const lead = { acknowledgedAgoMs: [5, 0, 5] };
  members.onStatus(1, status({ ...lead, commit: 10, storedOps: [10, 10, 10] }), 100);
  members.onStatus(1, status({ ...lead, commit: 20, storedOps: [10, 20, 20] }), 900);
  expect(health(members, 1_000).members[0]).toMatchObject({ lagOps: 10, lagMs: 100 });
});
