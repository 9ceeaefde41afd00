import { parseArgs } from "node:util";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/**
 * The steps that the command line of `npm test` selects: all, or those after `--only`, separated
 * by commas. Throws Failure `usage` for anything else.
 */
export function selectedSteps(args: readonly string[], names: readonly string[]): Set<string> {
  const only = onlyOf(args);
  if (only === null) return new Set(names);
  const selected = only.split(",").map((name) => name.trim());
  const unknown = selected.find((name) => !names.includes(name));
  if (unknown === undefined) return new Set(selected);
  const line = `--only takes ${names.join(", ")}, not "${unknown}"`;
  throw new Failure(exitCodes.usage, line);
}

function onlyOf(args: readonly string[]): string | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { only: { type: "string" } } });
    return values.only ?? null;
  } catch (cause) {
    const line = "usage: npm test [-- --only <step>[,<step>…]]";
    throw new Failure(exitCodes.usage, line, { cause });
  }
}
