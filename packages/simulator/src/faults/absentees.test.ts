import { Prng } from "@quorate/prelude";
import { expect, test } from "vitest";
import { type RunResult, runSeed } from "../run/run-seed.ts";
import { drawPressed, type SwarmOptions } from "../run/swarm.ts";

interface Told extends RunResult {
  /** Trace lines about who is away, who is back, whose disk rots and who lies: `<who> <what>`. */
  readonly told: readonly string[];
}

/** A run of seconds with what is asked for, from which members stay away at the end. */
async function runWith(seed: number, overrides: Partial<SwarmOptions>): Promise<Told> {
  const swarm: SwarmOptions = {
    ...drawPressed(new Prng(seed).fork()),
    replicaCount: 3,
    administrators: 0,
    faults: {},
    strikes: [],
    absentMax: 2,
    ...overrides,
  };
  const told: string[] = [];
  const print = (line: string): void => {
    const [, who, what] = / (r\d) +(away|back|rot|lie)\b/.exec(line) ?? [];
    if (who !== undefined && what !== undefined) told.push(`${who} ${what}`);
  };
  return { ...(await runSeed(seed, { print, swarm })), told };
}

/** Who, of those about whom that was told. */
function whose(told: readonly string[], what: string): readonly string[] {
  return told.filter((each) => each.endsWith(` ${what}`)).map((each) => each.slice(0, 2));
}

test("the others finish without who is away, and then take it back", async () => {
  for (const seed of [1, 2, 3, 4]) {
    const { verdict, message, told } = await runWith(seed, {});
    expect({ verdict, message }).toEqual({ verdict: "passed", message: "" });
    expect(whose(told, "away")).toHaveLength(1);
    expect(whose(told, "back")).toEqual(whose(told, "away"));
  }
});

const unreliableKinds = [
  ["whose disk rots", "rot"],
  ["that lies", "liar"],
] as const;

test.each(unreliableKinds)("of three members the one %s is away", async (_, kind) => {
  const unreliable = new Set<string>();
  for (const seed of [1, 2, 3]) {
    const { verdict, message, told } = await runWith(seed, { faults: { [kind]: 100_000 } });
    expect({ verdict, message }).toEqual({ verdict: "passed", message: "" });
    const [who = ""] = [...whose(told, "rot"), ...whose(told, "lie")];
    expect(whose(told, "away")).toEqual([who]);
    unreliable.add(who);
  }
  expect(unreliable.size).toBeGreaterThan(1);
});

test("two of five members are away, one of them whoever lies", async () => {
  const swarm = { replicaCount: 5, flushMeanMicros: [500, 500, 500, 500, 500] } as const;
  const { message, told } = await runWith(1, { ...swarm, faults: { liar: 100_000 } });
  expect(message).toBe("");
  expect(new Set(whose(told, "away")).size).toBe(2);
  expect(whose(told, "away")).toContain(whose(told, "lie")[0]);
});

test("clusters of one and two can spare nobody", async () => {
  for (const replicaCount of [1, 2] as const) {
    const { verdict, told } = await runWith(1, { replicaCount, absentMax: 1 });
    expect(verdict).toBe("passed");
    expect(whose(told, "away")).toEqual([]);
  }
});
