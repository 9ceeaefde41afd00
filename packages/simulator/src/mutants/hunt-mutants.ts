/**
 * `npm run simulate -- --mutants`: every mutant must be found, and the table says by what.
 *
 * With `--remembered` each is looked for by the seed that found it last, which takes about a
 * minute; a seed that finds it no more, because the runs have changed, is replaced by a hunt.
 */
import { mutants } from "./catalogue.ts";
import { CleanRuns } from "./clean-runs.ts";
import { type Catch, hunt, seedsMax } from "./hunt.ts";
import type { Mutant } from "./mutant.ts";
import type { MutantsOptions } from "./mutants-command-line.ts";
import { readSeeds, writeSeeds } from "./remembered-seeds.ts";

/** Exit code: a mutant was not found, or one that is said to do no harm was. */
const missedExitCode = 129;

const nameWidth = 72;
const seedWidth = 5;
const messageCharactersMax = 100;

/** Says one row for each mutant, and returns the exit code. */
export async function huntMutants(
  options: MutantsOptions,
  say: (line: string) => void,
): Promise<number> {
  const { jobs, isRemembered } = options;
  const known = readSeeds();
  const seeds = new Map(known);
  const waiting = mutants.filter((mutant) => isWanted(mutant, options, known));
  const hunted = waiting.length;
  let good = 0;
  say(row("mutant", "seed", "caught by"));
  const work = async (): Promise<void> => {
    const clean = new CleanRuns();
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const remembered = isRemembered ? (known.get(mutant.name) ?? null) : null;
      const result = await hunt(mutant, remembered, clean);
      say(rowOf(mutant, result));
      if (isGood(mutant, result)) good += 1;
      if (result.kind === "found") seeds.set(mutant.name, result.seed);
    }
    clean.stop();
  };
  await Promise.all(Array.from({ length: jobs }, work));
  if (!isRemembered) writeSeeds(withoutForgotten(seeds));
  say(`${good} passed, ${hunted - good} failed`);
  return good === hunted ? 0 : missedExitCode;
}

function isWanted(
  { name, harmless }: Mutant,
  { filter, isNew, isRemembered }: MutantsOptions,
  known: ReadonlyMap<string, number>,
): boolean {
  const isExact = mutants.some((each) => each.name === filter);
  if (isExact ? name !== filter : !name.includes(filter)) return false;
  if (isNew && known.has(name)) return false;
  // That a mutant does no harm takes every seed to show.
  return !isRemembered || harmless === undefined;
}

/** A mutant that was renamed, is gone or does no harm needs no seed. */
function withoutForgotten(seeds: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const harmful = mutants.filter(({ harmless }) => harmless === undefined);
  const names = new Set(harmful.map(({ name }) => name));
  return new Map([...seeds].filter(([name]) => names.has(name)));
}

function isGood(mutant: Mutant, result: Catch): boolean {
  return result.kind === (mutant.harmless === undefined ? "found" : "not-found");
}

function rowOf({ name, harmless }: Mutant, result: Catch): string {
  switch (result.kind) {
    case "found": {
      const wrong = harmless === undefined ? "" : "NOT HARMLESS: ";
      const text = `${wrong}${result.checker}: ${firstLine(result.message)}`;
      return row(name, String(result.seed), text);
    }
    case "not-found": {
      const text = harmless ?? `NOT FOUND in ${seedsMax} seeds`;
      return row(name, "-", harmless === undefined ? text : `harmless: ${text}`);
    }
    case "broken":
      return row(name, "-", `BROKEN: ${result.reason}`);
  }
}

function row(name: string, seed: string, text: string): string {
  return `${name.padEnd(nameWidth)} ${seed.padStart(seedWidth)}  ${text}`;
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").slice(0, messageCharactersMax);
}
