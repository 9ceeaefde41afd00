/** What the command line of `npm run simulate` asks for. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type FaultName, faultNamed } from "../faults/fault-kinds.ts";
import type { Plan } from "../run/plan.ts";
import { replicaCounts, type SwarmOptions } from "../run/swarm.ts";

export interface SimulateOptions {
  /** The first seed. */
  readonly seed: number;
  /** How many seeds, from the first on. */
  readonly count: number;
  /** The seeds that failed once are run too. */
  readonly hasRegressions: boolean;
  /** Processes that share the seeds. */
  readonly jobs: number;
  /** Print every line of the trace: for one seed. */
  readonly isTraced: boolean;
  /** What is kept of what the seeds would draw. */
  readonly plan: Plan;
}

/** How the program is called. */
export const usage =
  "usage: npm run simulate -- [--seed <first>] [--count <seeds>] [--regressions] [--jobs <processes>] [--trace]" +
  " [--members 1|2|3|5] [--gateways <n>] [--workers <n>] [--burst <n>]" +
  " [--administrators <n>] [--gateway-lies <per second>] [--absent <n>] [--seconds <n>] [--calm]" +
  " [--faults none|<kind>#<number>,…]\n" +
  "       npm run simulate -- --mutants [--remembered] [--new] [--only <text>] [--jobs <processes>]";

/** The command line is not one of this program. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Reads the arguments. Throws UsageError. */
export function parseCommandLine(args: readonly string[]): SimulateOptions {
  const values = valuesOf(args);
  const seed = wholeNumber("--seed", values.seed, 0);
  const count = wholeNumber("--count", values.count, 1);
  const cores = String(availableParallelism());
  const jobs = wholeNumber("--jobs", values.jobs ?? cores, 1);
  if (values.trace && count > 1) throw new UsageError("--trace takes one seed");
  const { trace: isTraced, regressions: hasRegressions } = values;
  if (isTraced && hasRegressions) throw new UsageError("--trace takes one seed");
  return { seed, count, hasRegressions, jobs, isTraced, plan: planIn(values) };
}

/** What the command line wants to be kept. */
function planIn(values: ReturnType<typeof valuesOf>): Plan {
  const { members, gateways, workers, burst, administrators, absent, seconds, faults } = values;
  const gatewayLies = values["gateway-lies"];
  return {
    ...(members === undefined ? {} : { members: membersIn(members) }),
    ...(gateways === undefined ? {} : { gateways: wholeNumber("--gateways", gateways, 1) }),
    ...(workers === undefined ? {} : { workers: wholeNumber("--workers", workers, 1) }),
    ...(burst === undefined ? {} : { burst: wholeNumber("--burst", burst, 1) }),
    ...(administrators === undefined
      ? {}
      : { administrators: wholeNumber("--administrators", administrators, 0) }),
    ...(absent === undefined ? {} : { absent: wholeNumber("--absent", absent, 0) }),
    ...(gatewayLies === undefined
      ? {}
      : { gatewayLies: wholeNumber("--gateway-lies", gatewayLies, 0) }),
    ...(seconds === undefined ? {} : { seconds: secondsIn(seconds) }),
    ...(values.calm ? { isCalm: true } : {}),
    ...(faults === undefined ? {} : { faults: faultsIn(faults) }),
  };
}

function membersIn(text: string): SwarmOptions["replicaCount"] {
  const count = replicaCounts.find((each) => String(each) === text);
  if (count !== undefined) return count;
  throw new UsageError(`--members takes ${replicaCounts.join(", ")}, not "${text}"`);
}

function secondsIn(text: string): number {
  const seconds = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (seconds > 0) return seconds;
  throw new UsageError(`--seconds takes a number above 0, not "${text}"`);
}

function faultsIn(text: string): readonly FaultName[] {
  if (text === "none") return [];
  return text.split(",").map((word) => {
    const name = faultNamed(word);
    if (name === null) throw new UsageError(`--faults takes names like crash#2, not "${word}"`);
    return name;
  });
}

function valuesOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: "string", default: "1" },
        count: { type: "string", default: "1" },
        jobs: { type: "string" },
        trace: { type: "boolean", default: false },
        members: { type: "string" },
        gateways: { type: "string" },
        workers: { type: "string" },
        burst: { type: "string" },
        administrators: { type: "string" },
        absent: { type: "string" },
        "gateway-lies": { type: "string" },
        seconds: { type: "string" },
        regressions: { type: "boolean", default: false },
        calm: { type: "boolean", default: false },
        faults: { type: "string" },
      },
    });
    return values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : "unknown option", { cause });
  }
}

/** Reads a count from an option's text. Throws UsageError. */
export function wholeNumber(option: string, text: string, min: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (number >= min) return number;
  throw new UsageError(`${option} takes a whole number from ${min} on, not "${text}"`);
}
