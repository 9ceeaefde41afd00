/** The first seed that found each mutant, kept beside the mutants. */
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("./mutants-seeds.json", import.meta.url);

export function readSeeds(): ReadonlyMap<string, number> {
  const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
  const seeds = new Map<string, number>();
  for (const [name, seed] of Object.entries(parsed ?? {})) {
    if (typeof seed === "number") seeds.set(name, seed);
  }
  return seeds;
}

/** In the order of the names, so that a change shows as one line. */
export function writeSeeds(seeds: ReadonlyMap<string, number>): void {
  const sorted = [...seeds].toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}
