/**
 * Runs seeds with a mutant's bug written into the sources, until one fails. A program of its own,
 * because a module is loaded once.
 *
 * Arguments: the mutant's name, `mutated` or `clean`, the first seed, how many, and `trace`.
 */
import { setImmediate } from "node:timers/promises";
import { Prng } from "@quorate/prelude";
import { applyMutant } from "./apply-mutant.ts";
import { mutantNamed } from "./catalogue.ts";
import type { HuntMessage } from "./hunt-message.ts";

const [name = "", mode = "mutated", first = "1", count = "1", trace = ""] = process.argv.slice(2);
const mutant = mutantNamed(name);
const assertApplied = mode === "mutated" ? applyMutant(mutant) : (): void => undefined;
const { runSeed } = await import("../run/run-seed.ts");
const { drawPressed, withOverrides } = await import("../run/swarm.ts");
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
    // Most is found soonest in runs of seconds, and by the clients that cost least.
    const overrides = { administrators: 0, ...mutant.swarm };
    const swarm = withOverrides(drawPressed(new Prng(seed).fork()), overrides);
    const { verdict, checker, message } = await runSeed(seed, { print, swarm });
    if (verdict !== "passed") return { kind: "failed", seed, checker, message };
  }
  return { kind: "passed" };
}

tell(await hunt());
