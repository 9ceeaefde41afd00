import { Prng } from "@quorate/prelude";
import { expect, test } from "vitest";
import { timedFaultKinds } from "../faults/fault-kinds.ts";
import { harmKinds, kindOfHarm } from "../faults/strike-kinds.ts";
import { runSeed } from "./run-seed.ts";
import { drawSwarm, type SwarmOptions } from "./swarm.ts";

const swarms: readonly SwarmOptions[] = Array.from({ length: 2_000 }, (_, seed) =>
  drawSwarm(new Prng(seed).fork()),
);
const isLived = ({ historyRestScale }: SwarmOptions): boolean => historyRestScale > 1;

test("one run in six is lived: minutes with rare faults; the others are seconds", () => {
  const lived = swarms.filter(isLived);
  expect(lived.length / swarms.length).toBeCloseTo(1 / 6, 1);
  for (const { safetyMicros } of lived) expect(safetyMicros).toBeGreaterThanOrEqual(300_000_000);
  for (const swarm of swarms.filter((each) => !isLived(each))) {
    expect(swarm.safetyMicros).toBeLessThanOrEqual(15_000_000);
  }
});

test("two thousand seeds live for more than a hundred hours", () => {
  const micros = swarms.reduce((sum, { safetyMicros }) => sum + safetyMicros, 0);
  expect(micros / 3_600_000_000).toBeGreaterThan(100);
});

test("every kind of fault is drawn, in runs of both kinds, and some runs have none", () => {
  for (const kind of timedFaultKinds) {
    const withKind = swarms.filter(({ faults }) => faults[kind] !== undefined);
    expect(withKind.some(isLived)).toBe(true);
    expect(withKind.some((each) => !isLived(each))).toBe(true);
  }
  expect(swarms.some(({ faults }) => Object.keys(faults).length === 0)).toBe(true);
});

test("a quarter of the runs has strikes, of every kind; a cluster gets none that it cannot bear", () => {
  const struck = swarms.filter(({ strikes }) => strikes.length > 0);
  expect(struck.length / swarms.length).toBeCloseTo(0.22, 1);
  const harmsOf = ({ strikes }: SwarmOptions): readonly string[] =>
    strikes.flatMap(({ harms }) => harms.map(kindOfHarm));
  expect(new Set(struck.flatMap(harmsOf))).toEqual(new Set(harmKinds));
  for (const swarm of struck.filter(({ replicaCount }) => replicaCount < 3)) {
    expect(swarm.replicaCount).toBe(2);
    expect(harmsOf(swarm)).not.toContain("lose-disk");
    expect(harmsOf(swarm)).not.toContain("rot");
  }
});

test("a quarter of the runs has administrators, of both kinds", () => {
  const administrated = swarms.filter(({ administrators }) => administrators > 0);
  expect(administrated.length / swarms.length).toBeCloseTo(0.25, 1);
  expect(administrated.some(isLived)).toBe(true);
});

test("a third of the clusters that can spare a member ends without some, and never without more", () => {
  const sparing = swarms.filter(({ replicaCount }) => replicaCount >= 3);
  const without = swarms.filter(({ absentMax }) => absentMax > 0);
  expect(without.length / sparing.length).toBeCloseTo(1 / 3, 1);
  for (const { replicaCount, absentMax } of without) {
    expect(absentMax * 2).toBeLessThan(replicaCount);
  }
  expect(without.some(isLived)).toBe(true);
  expect(without.some(({ absentMax }) => absentMax === 2)).toBe(true);
});

test("a fifth of the runs has a gateway that lies, of both kinds, and more rarely where all is rare", () => {
  const lying = swarms.filter(({ faults }) => faults["gateway-lie"] !== undefined);
  expect(lying.length / swarms.length).toBeCloseTo(0.2, 1);
  expect(lying.some((each) => !isLived(each))).toBe(true);
  for (const { faults, historyRestScale } of lying) {
    expect(faults["gateway-lie"]).toBeGreaterThanOrEqual(20_000 * historyRestScale);
    expect(faults["gateway-lie"]).toBeLessThanOrEqual(500_000 * historyRestScale);
  }
});

test("the clients of a lived run work all the time, and the same seed gives the same run", async () => {
  const lived = [...swarms.entries()].filter(([, swarm]) => isLived(swarm));
  const byLength = lived.toSorted(([, a], [, b]) => a.safetyMicros - b.safetyMicros);
  const [seed = 0] = byLength[0] ?? [];
  const [first, second] = [
    await runSeed(seed, { print: null }),
    await runSeed(seed, { print: null }),
  ];
  expect(first.verdict).toBe("passed");
  expect(first.operations).toBeGreaterThan(first.virtualMicros / 10_000_000);
  expect(second.traceDigest).toBe(first.traceDigest);
});
