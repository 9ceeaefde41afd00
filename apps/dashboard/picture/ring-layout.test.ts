import { expect, test } from "vitest";
import {
  fixtures,
  lagFive,
  learner,
  noQuorum,
  normalThree,
  reconfiguring,
  single,
  viewChange,
} from "./fixtures.ts";
import { isUp, votersOf } from "./membership.ts";
import { ringLayoutOf, ringSize } from "./ring-layout.ts";

test("there is one arc for each voter, and it is open exactly when the voter does not answer", () => {
  for (const { picture } of fixtures) {
    const { arcs } = ringLayoutOf(picture);
    expect(arcs.map((arc) => arc.id)).toEqual(votersOf(picture).map((member) => member.id));
    for (const [k, arc] of arcs.entries()) {
      const member = votersOf(picture)[k];
      expect(arc.kind === "open").toBe(member !== undefined && !isUp(member));
      expect(arc.label.crossed).toBe(arc.kind === "open");
      expect(arc.heartbeat === null || arc.kind !== "open").toBe(true);
      expect(arc.label.x).toBeGreaterThan(0);
      expect(arc.label.x).toBeLessThan(ringSize);
    }
  }
});

test("the hand points at view mod n and turns forward by one place per view", () => {
  expect(ringLayoutOf(normalThree).handDegrees % 360).toBe(0);
  expect(ringLayoutOf(lagFive).handDegrees % 360).toBeCloseTo(144);
  const turned = { ...normalThree, coord: { ...normalThree.coord, view: 43 } };
  const step = ringLayoutOf(turned).handDegrees - ringLayoutOf(normalThree).handDegrees;
  expect(step).toBeCloseTo(120);
});

test("at most one arc is solid, and the hand leads to it", () => {
  for (const { picture } of fixtures) {
    const layout = ringLayoutOf(picture);
    const solid = layout.arcs.flatMap((arc, k) => (arc.kind === "solid" ? [k] : []));
    expect(solid.length).toBeLessThanOrEqual(1);
    if (solid.length === 0) continue;
    expect((((solid[0] ?? 0) / layout.arcs.length) * 360) % 360).toBeCloseTo(
      layout.handDegrees % 360,
    );
  }
});

test("in a view change the hand is hatched and the votes are counted", () => {
  expect(ringLayoutOf(viewChange)).toMatchObject({
    hand: "electing",
    caption: "electing view",
    note: "2 of 2 votes",
  });
  expect(ringLayoutOf(noQuorum).hand).toBe("none");
});

test("learners stand outside the ring and are not counted", () => {
  const layout = ringLayoutOf(learner);
  expect(layout.outer).toMatchObject([{ id: "r3", kind: "learner" }]);
  expect(layout.note).toBe("3 of 3 up");
});

test("while the members change, a second ring shows the next epoch and who is in it", () => {
  expect(
    ringLayoutOf(reconfiguring).outer.map((arc) => [arc.id, arc.kind, arc.label !== null]),
  ).toEqual([
    ["r0", "joined", false],
    ["r1", "joined", false],
    ["r2", "waiting", false],
    ["r3", "waiting", true],
  ]);
});

test("a single replica is a whole ring", () => {
  expect(ringLayoutOf(single).arcs[0]?.path).toContain(" 1 1 ");
});
