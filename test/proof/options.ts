import { parseArgs } from "node:util";
import { exitCodes } from "@quorate/scripts/src/exit-codes.ts";
import { Failure } from "@quorate/scripts/src/failure.ts";

/** The run in which every figure is required in full. */
export const fullRunMinutes = 50;

/** What the command line of `npm run proof` asks for. */
export interface ProofOptions {
  /** The whole run's time. What must be reached is in proportion: all of it at 50. */
  readonly minutes: number;
  /** Decides everything that is drawn: simulator seeds, victims, moments. */
  readonly seed: number;
  /** Names of steps, or null for all. */
  readonly only: readonly string[] | null;
}

const minutesMax = 24 * 60;
/** Drawn seeds are short enough to be typed. */
const seedBound = 1_000_000_000;

/** Reads the command line; `names` are those of the steps. Throws Failure `usage`. */
export function parseProofOptions(args: readonly string[], names: readonly string[]): ProofOptions {
  const { minutes, seed, only } = valuesOf(args);
  const chosen = only?.split(",").map((name) => name.trim()) ?? null;
  const unknown = chosen?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw usageFailure(`--only takes ${names.join(", ")}, not "${unknown}"`);
  }
  return {
    minutes: minutes === undefined ? fullRunMinutes : numberIn("--minutes", minutes, 1, minutesMax),
    // Fresh every time unless it is given: what was never run before is what finds something.
    seed:
      seed === undefined
        ? Math.floor(Math.random() * seedBound)
        : numberIn("--seed", seed, 0, seedBound),
    only: chosen,
  };
}

function valuesOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: "string" },
        seed: { type: "string" },
        only: { type: "string" },
      },
    });
    return values;
  } catch (cause) {
    const line = "usage: npm run proof [-- --minutes <n> --seed <n> --only <step>[,<step>…]]";
    throw usageFailure(line, cause);
  }
}

function numberIn(option: string, text: string, min: number, max: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  if (number >= min && number <= max) return number;
  throw usageFailure(`${option} takes a whole number from ${min} to ${max}, not "${text}"`);
}

function usageFailure(line: string, cause?: unknown): Failure {
  return new Failure(exitCodes.usage, line, { cause });
}
