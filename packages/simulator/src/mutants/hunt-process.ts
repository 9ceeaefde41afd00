/**
 * Runs seeds with a mutant's bug written into the sources, until one fails. A program of its own,
 * because a module is loaded once.
 *
 * Arguments: the mutant's name, `mutated` or `clean` (to compare two traces by hand), the first
 * seed, how many, and `trace`.
 */
import { setImmediate } from "node:timers/promises";
import { applyMutant } from "./apply-mutant.ts";
import { mutantNamed } from "./catalogue.ts";
import type { HuntMessage } from "./hunt-message.ts";

const [name = "", mode = "mutated", first = "1", count = "1", trace = ""] = process.argv.slice(2);
const mutant = mutantNamed(name);
const assertApplied = mode === "mutated" ? applyMutant(mutant) : (): void => undefined;
const { runPressed } = await import("./pressed-run.ts");
assertApplied();

const print = trace === "" ? null : (line: string): void => console.log(line);

function tell(message: HuntMessage): void {
  if (process.send === undefined) console.log(JSON.stringify(message));
  else process.send(message);
}

// Without the parent nobody reads what a run finds.
process.on("disconnect", () => process.exit());

async function hunt(): Promise<HuntMessage> {
  for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
    tell({ kind: "began", seed });
    await setImmediate();
    const end = await runPressed(mutant, seed, print);
    if (end.kind === "failed") return end;
  }
  return { kind: "passed" };
}

tell(await hunt());
