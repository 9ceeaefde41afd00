/** What the command line of `npm run simulate` asks for. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

export interface SimulateOptions {
  /** The first seed. */
  readonly seed: number;
  /** How many seeds, from the first on. */
  readonly count: number;
  /** Processes that share the seeds; at most one for each seed is of use. */
  readonly jobs: number;
  /** Print every line of the trace: for one seed. */
  readonly isTraced: boolean;
}

/** How the program is called. */
export const usage =
  "usage: npm run simulate -- [--seed <first>] [--count <seeds>] [--jobs <processes>] [--trace]";

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
  return { seed, count, jobs: Math.min(jobs, count), isTraced: values.trace };
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
      },
    });
    return values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : "unknown option", { cause });
  }
}

function wholeNumber(option: string, text: string, min: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (number >= min) return number;
  throw new UsageError(`${option} takes a whole number from ${min} on, not "${text}"`);
}
