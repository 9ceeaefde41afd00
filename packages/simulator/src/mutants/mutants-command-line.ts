/** What `npm run simulate -- --mutants` asks for. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { UsageError, wholeNumber } from "../command/command-line.ts";

export interface MutantsOptions {
  /** Processes at a time. */
  readonly jobs: number;
  /** Try the seed that found a mutant last before all others. */
  readonly isRemembered: boolean;
  /** Only mutants for which no seed is remembered. */
  readonly isNew: boolean;
  /** The mutant of this name; if there is none, all whose names hold this. */
  readonly filter: string;
}

export function asksForMutants(args: readonly string[]): boolean {
  return args.includes("--mutants");
}

/** Reads the arguments. Throws UsageError. */
export function parseMutantsCommandLine(args: readonly string[]): MutantsOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        mutants: { type: "boolean" },
        remembered: { type: "boolean", default: false },
        new: { type: "boolean", default: false },
        only: { type: "string", default: "" },
        jobs: { type: "string", default: String(availableParallelism()) },
      },
    });
    const jobs = wholeNumber("--jobs", values.jobs, 1);
    return { jobs, isRemembered: values.remembered, isNew: values.new, filter: values.only };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(cause instanceof Error ? cause.message : "unknown option", { cause });
  }
}
