import type { Clock } from "@quorate/ports";
import { beforeEach, describe, expect, it } from "vitest";
import { ArrivalBudget } from "./arrival-budget.ts";
import {
  connectionsAtOnceMax,
  connectionsPerSecondMax,
  strangersAtOnceMax,
  strangersPerSecondMax,
} from "./limits.ts";
import { testClock } from "./test-cluster.ts";

describe("connections", () => {
  let nowMs = 0;
  let budget: ArrivalBudget;
  beforeEach(() => {
    nowMs = 0;
    const clock: Clock = { ...testClock, monotonicMs: () => nowMs };
    budget = new ArrivalBudget(clock);
  });

  /** How many of many connections, one from each address in turn, are taken at this moment. */
  const taken = (...addresses: readonly string[]): number => {
    let count = 0;
    for (let made = 0; made < 20_000; made++) {
      if (budget.take(addresses[made % addresses.length] ?? "")) count += 1;
    }
    return count;
  };

  it("of one address are taken so many at once, and then so many a second", () => {
    expect(taken("a")).toBe(connectionsAtOnceMax);
    nowMs += 1_000;
    expect(taken("a")).toBe(connectionsPerSecondMax);
    nowMs += 3_600_000;
    expect(taken("a")).toBe(connectionsAtOnceMax);
  });

  it("of very many addresses are taken no more than of all strangers together", () => {
    const addresses = Array.from({ length: 5_000 }, (_, at) => `stranger ${at}`);
    expect(taken(...addresses)).toBe(strangersAtOnceMax);
    nowMs += 1_000;
    expect(taken(...addresses)).toBe(strangersPerSecondMax);
  });

  it("of an address that has proved a key are taken however many strangers come", () => {
    expect(budget.take("peer")).toBe(true);
    budget.prove("peer");
    const addresses = Array.from({ length: 5_000 }, (_, at) => `stranger ${at}`);
    taken(...addresses);
    expect(taken("stranger 1")).toBe(0);
    expect(taken("peer")).toBe(connectionsAtOnceMax - 1);
    // A key is no licence to flood.
    budget.prove("peer");
    expect(taken("peer")).toBe(0);
  });
});
