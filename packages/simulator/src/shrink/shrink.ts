/**
 * Makes a failing run smaller: fewer members, clients and faults, less time, as long as the same
 * checker fails. Greedy, and for single faults by bisection (Zeller's delta debugging).
 */
import { type FaultName, faultKinds, kindOf } from "../faults/fault-kinds.ts";
import type { Plan } from "../run/plan.ts";
import type { RunResult } from "../run/run-seed.ts";
import type { SwarmOptions } from "../run/swarm.ts";

/** Runs that one failure is worth. */
export const shrinkRunsMax = 200;

/** A safety phase is not cut below this, in seconds. */
const secondsMin = 0.01;

/** The smallest run found so far that fails as the first one did. */
export interface Smallest {
  plan: Plan;
  result: RunResult;
  /** Runs tried. */
  runs: number;
}

type Search<Result> = Generator<Plan, Result, RunResult>;

/**
 * Yields plans to be run, and takes the result of each. `isSpent` ends the search early.
 */
export function* shrinking(
  failure: RunResult,
  drawn: SwarmOptions,
  plan: Plan,
  isSpent: () => boolean,
): Search<Smallest> {
  const shrinker = new Shrinker({ plan, result: failure, runs: 0 }, drawn, isSpent);
  yield* shrinker.shrink();
  return shrinker.smallest;
}

class Shrinker {
  readonly smallest: Smallest;
  private readonly drawn: SwarmOptions;
  private readonly isSpent: () => boolean;

  constructor(smallest: Smallest, drawn: SwarmOptions, isSpent: () => boolean) {
    this.smallest = smallest;
    this.drawn = drawn;
    this.isSpent = isSpent;
  }

  *shrink(): Search<void> {
    yield* this.simplify();
    yield* this.dropKinds();
    yield* this.dropFaults();
    yield* this.shorten();
    yield* this.simplify();
    yield* this.dropFaults();
  }

  /** Whether the run fails as the first one did; then it is the smallest. */
  private *fails(plan: Plan): Search<boolean> {
    const { smallest } = this;
    if (smallest.runs >= shrinkRunsMax || this.isSpent()) return false;
    smallest.runs += 1;
    const result = yield plan;
    const { verdict, checker } = smallest.result;
    if (result.verdict !== verdict || result.checker !== checker) return false;
    smallest.plan = plan;
    smallest.result = result;
    return true;
  }

  private *simplify(): Search<void> {
    const { drawn } = this;
    const hasLyingGateway = drawn.faults["gateway-lie"] !== undefined;
    const simpler: readonly (readonly [keyof Plan, Plan, isNeeded: boolean])[] = [
      ["isCalm", { isCalm: true }, true],
      ["gateways", { gateways: 1 }, drawn.gatewayCount > 1],
      ["administrators", { administrators: 0 }, drawn.administrators > 0],
      ["absent", { absent: 0 }, drawn.absentMax > 0],
      ["gatewayLies", { gatewayLies: 0 }, hasLyingGateway],
      ["burst", { burst: 1 }, drawn.burstMax > 1],
      ["workers", { workers: 2 }, drawn.workersPerGateway > 2],
      ["members", { members: 3 }, drawn.replicaCount > 3],
    ];
    for (const [key, change, isNeeded] of simpler) {
      const { plan } = this.smallest;
      if (isNeeded && plan[key] === undefined) yield* this.fails({ ...plan, ...change });
    }
  }

  private get faults(): readonly FaultName[] {
    return this.smallest.result.happened;
  }

  private *dropKinds(): Search<void> {
    if (yield* this.keeps([])) return;
    for (const kind of faultKinds) {
      const kept = this.faults.filter((name) => kindOf(name) !== kind);
      if (kept.length < this.faults.length) yield* this.keeps(kept);
    }
  }

  /** Leaves out ever smaller parts of the faults, down to single ones. */
  private *dropFaults(): Search<void> {
    for (let size = (this.faults.length + 1) >> 1; size >= 1; size >>= 1) {
      for (let at = 0; at < this.faults.length;) {
        const kept = this.faults.toSpliced(at, size);
        // What was left out closed up: the next part begins where this one did.
        if (!(yield* this.keeps(kept))) at += size;
      }
    }
  }

  private keeps(faults: readonly FaultName[]): Search<boolean> {
    return this.fails({ ...this.smallest.plan, faults });
  }

  /** Quarters, halves and three quarters of the time, until none of them fails. */
  private *shorten(): Search<void> {
    for (let isShorter = true; isShorter;) {
      const { plan } = this.smallest;
      const seconds = plan.seconds ?? this.drawn.safetyMicros / 1_000_000;
      isShorter = false;
      for (const share of [0.25, 0.5, 0.75]) {
        const shorter = Math.round(seconds * share * 1_000) / 1_000;
        if (shorter < secondsMin || isShorter) continue;
        isShorter = yield* this.fails({ ...plan, seconds: shorter });
      }
    }
  }
}
