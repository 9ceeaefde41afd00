import { Prng } from "@quorate/prelude";
import { expect, test } from "vitest";
import { timedFaultKinds } from "../faults/fault-kinds.ts";
import { type HarmKind, harmKinds, type Strike } from "../faults/strike-kinds.ts";
import { persistencePoints } from "../disk/persistence-points.ts";
import { type RunResult, runSeed } from "./run-seed.ts";
import { calmNetwork } from "../network/sim-network.ts";
import { drawPressed, type SwarmOptions } from "./swarm.ts";
import { gatewayLies } from "../lying-gateway/lying-gateway.ts";
import { transferLies } from "../liar/transfer-lies.ts";

const calm: SwarmOptions = {
  replicaCount: 3,
  gatewayCount: 1,
  workersPerGateway: 4,
  readersPerGateway: 1,
  administrators: 0,
  burstMax: 4,
  crypto: "keyed",
  network: calmNetwork,
  faults: {},
  strikes: [],
  keptFaults: null,
  absentMax: 0,
  downMeanMicros: 100_000,
  absenceMeanMicros: 200_000,
  skewMicros: 0,
  flushMeanMicros: [300, 300, 300],
  preparesInFlightMax: 2,
  heartbeatTicks: 5,
  pipelineMax: 16,
  checkpointOps: 1_024,
  safetyMicros: 3_000_000,
  restScale: 1,
  historyRestScale: 1,
};

/** A run of seconds: it may be repeated. */
function runPressed(seed: number): Promise<RunResult> {
  return runSeed(seed, { print: null, swarm: drawPressed(new Prng(seed).fork()) });
}

test("the same seed gives the same run, event by event", async () => {
  const [first, second] = [await runPressed(7), await runPressed(7)];
  expect(second.traceDigest).toBe(first.traceDigest);
  expect(second.events).toBe(first.events);
});

test("another seed gives another run", async () => {
  const [first, second] = [await runPressed(7), await runPressed(8)];
  expect(second.traceDigest).not.toBe(first.traceDigest);
});

test("a calm cluster acknowledges and settles everything in its first view", async () => {
  const lines: string[] = [];
  const result = await runSeed(1, { print: (line) => lines.push(line), swarm: calm });
  expect(result.verdict).toBe("passed");
  expect(result.acknowledged).toBeGreaterThan(40);
  const views = new Set(lines.map((line) => /view (\d+)\//.exec(line)?.[1]));
  expect(Math.max(...[...views].map(Number).filter(Number.isFinite))).toBe(1);
});

test("a cluster whose members all crash again and again loses and repeats nothing", async () => {
  const swarm = { ...calm, faults: { crash: 200_000, blackout: 1_000_000 } };
  const result = await runSeed(4, { print: null, swarm });
  expect(result).toMatchObject({ verdict: "passed", message: "" });
  expect(result.acknowledged).toBeGreaterThan(0);
});

test("one member alone survives its own crashes", async () => {
  const swarm = { ...calm, replicaCount: 1 as const, faults: { crash: 300_000 } };
  expect(await runSeed(3, { print: null, swarm })).toMatchObject({ verdict: "passed" });
});

test("two members need each other, and go on when both are there", async () => {
  const swarm = { ...calm, replicaCount: 2 as const, faults: { crash: 500_000 } };
  expect(await runSeed(4, { print: null, swarm })).toMatchObject({ verdict: "passed" });
});

test("one-way partitions and losses stop nobody for ever", async () => {
  const network = { ...calmNetwork, loss: 0.15, duplication: 0.2, reordering: 0.2 };
  const swarm = { ...calm, replicaCount: 5 as const, network, faults: { partition: 500_000 } };
  const flushMeanMicros = [300, 300, 300, 300, 8_000];
  const result = await runSeed(5, { print: null, swarm: { ...swarm, flushMeanMicros } });
  expect(result).toMatchObject({ verdict: "passed" });
});

test.each(timedFaultKinds)("%s happens again and again, and is survived", async (kind) => {
  const flushMeanMicros = [300, 300, 300, 300, 300];
  const swarm = { ...calm, replicaCount: 5 as const, flushMeanMicros, faults: { [kind]: 150_000 } };
  const result = await runSeed(6, { print: null, swarm });
  expect(result).toMatchObject({ verdict: "passed", message: "" });
  expect(sum([...result.faults.values()])).toBeGreaterThan(3);
});

test.each(harmKinds)("%s strikes whoever says something, and is survived", async (kind) => {
  const strikes = [struckBy(kind, "startViewChange", 3), struckBy(kind, "prepareOk", 100)];
  const swarm = { ...calm, strikes, faults: { flap: 400_000 }, safetyMicros: 10_000_000 };
  const result = await runSeed(8, { print: null, swarm });
  expect(result).toMatchObject({ verdict: "passed", message: "" });
  expect(result.faults.get("strike")).toBeGreaterThan(3);
  expect(result.happened.filter((name) => name.startsWith("strike#"))).toContain("strike#2");
});

test("strikes that the plan leaves out do not happen", async () => {
  const strikes = [struckBy("crash", "prepareOk", 50)];
  const swarm = { ...calm, strikes, keptFaults: ["strike#2" as const] };
  const { happened, faults } = await runSeed(8, { print: null, swarm });
  expect(happened).toEqual(["strike#2"]);
  expect(faults.get("strike")).toBe(1);
});

test("a member that contradicts itself is convicted, by evidence that anybody can judge", async () => {
  const kinds = new Set<string>();
  for (const seed of [1, 2, 3]) {
    const swarm = { ...calm, faults: { liar: 30_000 } };
    const { verdict, message, convictions } = await runSeed(seed, { print: null, swarm });
    expect({ verdict, message }).toEqual({ verdict: "passed", message: "" });
    expect(convictions.length).toBeGreaterThan(0);
    for (const name of convictions) kinds.add(name.split(".")[0] ?? "");
  }
  expect([...kinds]).toContain("two-acknowledgements");
});

test("a primary that begins a view with another log than it selected is convicted by that alone", async () => {
  const faults = { liar: 200_000, flap: 300_000, crash: 300_000 };
  const { verdict, convictions } = await runSeed(2, { print: null, swarm: { ...calm, faults } });
  expect(verdict).toBe("passed");
  expect(convictions.some((name) => name.startsWith("unfounded-start-view."))).toBe(true);
});

test("honest members never convict each other, whatever becomes of processes, disks and links", async () => {
  const faults = {
    crash: 300_000,
    "point-crash": 300_000,
    blackout: 1_500_000,
    flap: 500_000,
    partition: 800_000,
    rot: 400_000,
    "clock-jump": 700_000,
    "lost-disk": 1_000_000,
  };
  let disksLost = 0;
  for (const seed of [11, 12, 13, 14]) {
    const {
      verdict,
      message,
      convictions,
      faults: happened,
    } = await runSeed(seed, {
      print: null,
      swarm: { ...calm, network: { ...calmNetwork, duplication: 0.2, reordering: 0.2 }, faults },
    });
    expect({ verdict, message }).toEqual({ verdict: "passed", message: "" });
    expect(convictions).toEqual([]);
    disksLost += happened.get("lost disk") ?? 0;
  }
  expect(disksLost).toBeGreaterThan(0);
});

test("a member that was gone for long takes the state, and the others went on without it", async () => {
  const faults = { absence: 500_000 };
  const swarm = { ...calm, checkpointOps: 8, absenceMeanMicros: 2_000_000, faults };
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const result = await runSeed(9, { print, swarm: { ...swarm, safetyMicros: 15_000_000 } });
  expect(result).toMatchObject({ verdict: "passed", message: "" });
  expect(lines.some((line) => / transfer \d+$/.test(line))).toBe(true);
});

test("lives that take one checkpoint each do not fill the disk", async () => {
  const alone = { ...calm, replicaCount: 1 as const, checkpointOps: 8, faults: { crash: 300_000 } };
  for (const seed of [1, 2]) {
    const swarm = { ...alone, safetyMicros: 30_000_000 };
    expect(await runSeed(seed, { print: null, swarm })).toMatchObject({ message: "" });
  }
});

test("a liar that is asked for states delays the transfer and changes nothing", async () => {
  const faults = { absence: 500_000, liar: 100_000 };
  const swarm = { ...calm, checkpointOps: 8, absenceMeanMicros: 2_000_000, faults };
  const result = await runSeed(10, { print: null, swarm: { ...swarm, safetyMicros: 15_000_000 } });
  expect(result).toMatchObject({ verdict: "passed", message: "" });
  expect(transferLies.filter((lie) => !result.faults.has(`lie: ${lie}`))).toEqual([]);
});

test("a member whose disk was replaced by an older copy refuses it, and comes back as a lost one", async () => {
  const swarm = { ...calm, faults: { "old-disk": 300_000 }, safetyMicros: 10_000_000 };
  const result = await runSeed(11, { print: null, swarm });
  expect(result).toMatchObject({ verdict: "passed", message: "" });
  expect(result.faults.get("old disk")).toBeGreaterThan(0);
  expect(result.faults.get("lost disk")).toBe(result.faults.get("old disk"));
});

test("a gateway that lies in every way it can harms nobody, and its good requests are executed", async () => {
  const lies = new Set<string>();
  for (const seed of [5, 6, 7, 8]) {
    const swarm = { ...calm, gatewayCount: 2, faults: { "gateway-lie": 15_000, flap: 700_000 } };
    const result = await runSeed(seed, { print: null, swarm });
    expect(result).toMatchObject({ verdict: "passed", message: "", convictions: [] });
    for (const kind of result.faults.keys()) lies.add(kind);
  }
  expect(gatewayLies.filter((lie) => !lies.has(`gateway lie: ${lie}`))).toEqual([]);
});

test("a member and a gateway lie in the same run, each to the other, too", async () => {
  const swarm = { ...calm, faults: { liar: 100_000, "gateway-lie": 20_000 } };
  const result = await runSeed(5, { print: null, swarm });
  expect(result).toMatchObject({ verdict: "passed", message: "" });
});

test("lies of a gateway that the plan leaves out are not told", async () => {
  const faults = { "gateway-lie": 100_000 };
  const swarm = { ...calm, faults, keptFaults: ["gateway-lie#2" as const] };
  const { happened, verdict } = await runSeed(3, { print: null, swarm });
  expect({ happened, verdict }).toEqual({ happened: ["gateway-lie#2"], verdict: "passed" });
});

test("processes die at every persistence point there is", async () => {
  const swarm = {
    ...calm,
    checkpointOps: 64,
    faults: { "point-crash": 150_000 },
    safetyMicros: 60_000_000,
  };
  const { verdict, faults } = await runSeed(7, { print: null, swarm });
  expect(verdict).toBe("passed");
  const deaths = persistencePoints.map((point) => `killed at ${point}`);
  expect(deaths.filter((death) => !faults.has(death))).toEqual([]);
});

function struckBy(kind: HarmKind, at: Strike["at"], oneIn: number): Strike {
  return { at, oneIn, harms: [kind, `${kind} receiver`] };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
