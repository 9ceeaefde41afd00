import { pictureStateSchema } from "@quorate/contract";
import type { ClusterHealth } from "@quorate/session";
import { describe, expect, it } from "vitest";
import { InProcessCluster } from "../testing/in-process-cluster.ts";
import { createHealthHistory } from "./history.ts";
import { pictureOf } from "./picture.ts";

const latency = { percentiles: () => ({ p50: 2, p99: 9.5 }) };
const health = new InProcessCluster().health();

function picture(changes: Partial<ClusterHealth>) {
  const history = createHealthHistory();
  const seen = { ...health, ...changes };
  history.note(seen, 1000);
  const drawn = pictureOf(seen, { history, latency, nowMs: 0, atMs: 1500 });
  return pictureStateSchema.parse(drawn);
}

const member = (index: number, changes: object) => ({ ...health.members[index], ...changes });

describe("the picture", () => {
  it("is of its schema, in numbers that the health gives", () => {
    expect(picture({})).toMatchObject({
      status: "normal",
      reachable: 3,
      commitMsP99: 9.5,
      transition: null,
    });
  });

  it("without a member is not drawn", () => {
    const history = createHealthHistory();
    const source = { history, latency, nowMs: 0, atMs: 0 };
    expect(pictureOf({ ...health, members: [] }, source)).toBeNull();
  });

  it("groups ops in flight into columns of a power of two, whose counts never rise", () => {
    const inFlight = Array.from({ length: 100 }, (_, index) => ({
      op: index + 1,
      acks: index < 40 ? [0, 1] : [0],
    }));
    const { inflight } = picture({ commit: 0, inFlight });
    expect(inflight).toMatchObject({ from: 1, step: 8 });
    expect(inflight.acks).toHaveLength(13);
    expect(inflight.acks.map(({ length }) => length)).toEqual([
      2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1,
    ]);
    const few = picture({
      commit: 10,
      inFlight: [
        { op: 11, acks: [1] },
        { op: 12, acks: [1, 2] },
      ],
    });
    expect(few.inflight).toEqual({ from: 11, step: 1, acks: [[1], [1]] });
  });

  it("names who votes in a view change, and whose turn is next", () => {
    const members = [
      member(0, { status: "view-change" }),
      member(1, { status: "unreachable" }),
      member(2, { status: "view-change", view: 3 }),
    ];
    const drawn = picture({
      status: "view-change",
      primary: null,
      members,
    } as Partial<ClusterHealth>);
    expect(drawn.members.map(({ state }) => state)).toEqual(["voting", "unreachable", "voting"]);
    expect(drawn.transition).toEqual({ kind: "view", sinceMs: 500, votes: ["r0"], needed: 2 });
    expect(drawn.nextPrimary).toBe("r2");
  });

  it("says nothing of the disk of a member that is not heard", () => {
    const members = [
      member(0, { fsyncMsP99: 2 }),
      member(1, { status: "unreachable", fsyncMsP99: 2 }),
    ];
    const drawn = picture({ members } as Partial<ClusterHealth>);
    expect(drawn.members.map(({ fsyncMsP99 }) => fsyncMsP99)).toEqual([2, null]);
  });

  it("says when a member that is behind will have caught up, if it gains", () => {
    const drawnAt = (ops: readonly number[], lagMs: number) => {
      const history = createHealthHistory();
      const looks = ops.map((op) => ({
        ...health,
        commit: 1000,
        members: [member(2, { op, lagMs })],
      }));
      for (const [second, look] of looks.entries())
        history.note(look as ClusterHealth, second * 1000);
      const source = { history, latency, nowMs: 0, atMs: 0 };
      return pictureOf(looks.at(-1) as ClusterHealth, source)?.members[0]?.etaMs;
    };
    expect(drawnAt([100, 400, 700], 5000)).toBe(1000);
    // Stopped at first, it fell behind; what it gains since then counts.
    expect(drawnAt([700, 100, 400, 700], 5000)).toBe(1000);
    expect(drawnAt([400, 400], 5000)).toBeNull();
    expect(drawnAt([400], 5000)).toBeNull();
    expect(drawnAt([400, 700], 20)).toBeNull();
  });

  it("tells rates, stalls and refused statements from what was seen before", () => {
    const history = createHealthHistory();
    const at = (atMs: number, commit: number, op: number, signatureRejects: number) => {
      const members = [member(0, { op, signatureRejects })];
      history.note({ ...health, commit, members } as ClusterHealth, atMs);
    };
    at(0, 0, 0, 5);
    at(1000, 100, 100, 6);
    expect(history.opsPerSecond()).toBe(100);
    expect(history.stalledMs(1000)).toBeNull();
    at(2000, 100, 120, 9);
    at(4000, 100, 120, 9);
    expect(history.stalledMs(4500)).toBe(2500);
    expect(history.rejectedLastMinute("r0")).toBe(4);
    at(5000, 120, 120, 9);
    expect(history.stalledMs(5000)).toBeNull();
  });
});
