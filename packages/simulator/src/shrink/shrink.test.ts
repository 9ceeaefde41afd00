import { Prng } from "@quorate/prelude";
import { expect, test } from "vitest";
import type { FaultName } from "../faults/fault-kinds.ts";
import { argumentsOf, type Plan, planned } from "../run/plan.ts";
import type { RunResult } from "../run/run-seed.ts";
import { untoldRun } from "../run/untold-run.ts";
import { shrinking, shrinkRunsMax, type Smallest } from "./shrink.ts";
import { drawSwarm, type SwarmOptions } from "../run/swarm.ts";

const drawn: SwarmOptions = {
  ...drawSwarm(new Prng(1).fork()),
  replicaCount: 5,
  gatewayCount: 2,
  workersPerGateway: 4,
  readersPerGateway: 0,
  burstMax: 8,
  safetyMicros: 12_000_000,
};

const kinds = ["rot", "crash", "ring"] as const;
const all: readonly FaultName[] = Array.from(
  { length: 100 },
  (_, index): FaultName => `${kinds[index % 3] ?? "rot"}#${index + 1}`,
);

/** A run in which these faults happened, and which a checker failed, or none. */
function resultOf(happened: readonly FaultName[], checker: string): RunResult {
  return {
    ...untoldRun,
    seed: 1,
    verdict: checker === "" ? "passed" : "safety",
    checker,
    message: checker,
    happened,
  };
}

/** Shrinks what fails as `checkerOf` says. */
function shrunk(
  checkerOf: (plan: Plan, faults: readonly FaultName[]) => string,
  isSpent = (): boolean => false,
): Smallest {
  const search = shrinking(resultOf(all, "loss"), drawn, {}, isSpent);
  let next = search.next();
  while (next.done !== true) {
    const faults = next.value.faults ?? all;
    next = search.next(resultOf(faults, checkerOf(next.value, faults)));
  }
  return next.value;
}

test("what the failure does not need is dropped: faults, members, clients and time", () => {
  const { plan } = shrunk(({ seconds = 12 }, faults) =>
    faults.includes("crash#50") && faults.includes("rot#97") && seconds > 4 ? "loss" : "",
  );
  expect(plan).toMatchObject({ members: 3, gateways: 1, workers: 2, burst: 1, isCalm: true });
  expect(plan.faults).toEqual(["crash#50", "rot#97"]);
  expect(plan.seconds).toBeLessThan(6);
  expect(argumentsOf(plan)).toBe(
    `--members 3 --gateways 1 --workers 2 --burst 1 --seconds ${plan.seconds} --calm --faults crash#50,rot#97`,
  );
});

test("what the failure needs stays", () => {
  const { plan } = shrunk(({ members, burst, isCalm }, faults) =>
    members === undefined && burst === undefined && isCalm !== true && faults.length > 90
      ? "loss"
      : "",
  );
  expect(plan).not.toHaveProperty("members");
  expect(plan).not.toHaveProperty("burst");
  expect(plan).not.toHaveProperty("isCalm");
  expect(plan.faults).toHaveLength(91);
});

test("a failure without any fault needs none", () => {
  expect(shrunk(() => "loss").plan.faults).toEqual([]);
});

test("a run that another checker fails is not the same failure", () => {
  const { plan, result } = shrunk((_, faults) => (faults.length < 100 ? "history" : "loss"));
  expect(plan.faults).toBeUndefined();
  expect(result.checker).toBe("loss");
});

test("the search ends with its runs, and when its time is over", () => {
  expect(shrunk((_, faults) => (faults.length > 70 ? "loss" : "")).runs).toBe(shrinkRunsMax);
  expect(
    shrunk(
      () => "loss",
      () => true,
    ),
  ).toMatchObject({ runs: 0, plan: {} });
});

test("a plan keeps the rates of the kinds that it names, and no others", () => {
  const faults = { crash: 1_000, liar: 2_000 };
  const { faults: rates, keptFaults } = planned({ ...drawn, faults }, { faults: ["crash#2"] });
  expect(rates).toEqual({ crash: 1_000 });
  expect(keptFaults).toEqual(["crash#2"]);
  const strikes = [{ at: "prepareOk", oneIn: 9, harms: ["crash"] }] as const;
  expect(planned({ ...drawn, strikes }, { faults: ["crash#2"] }).strikes).toEqual([]);
  expect(planned({ ...drawn, strikes }, { faults: ["strike#1"] }).strikes).toEqual(strikes);
});

test("a plan makes a gateway lie, as often as it says, or keeps all of them honest", () => {
  const { historyRestScale } = drawn;
  const lying = planned({ ...drawn, faults: { crash: 1_000 } }, { gatewayLies: 4 });
  expect(lying.faults).toEqual({ crash: 1_000, "gateway-lie": 250_000 * historyRestScale });
  expect(planned(lying, { gatewayLies: 0 }).faults).toEqual({ crash: 1_000 });
  const plan = { gatewayLies: 4, faults: ["crash#1"] } as const;
  expect(planned(drawn, plan).faults["gateway-lie"]).toBeUndefined();
});
