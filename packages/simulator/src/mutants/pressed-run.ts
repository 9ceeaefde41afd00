/** One run of the kind in which a mutant is looked for, with or without its bug. */
import { Prng } from "@quorate/prelude";
import { runSeed } from "../run/run-seed.ts";
import { drawPressed, withOverrides } from "../run/swarm.ts";
import type { HuntEnd } from "./hunt-message.ts";
import type { Mutant } from "./mutant.ts";

/**
 * Runs the seed with what this mutant asks for. It loads the product, so a program that writes a bug
 * into the sources must do that before it imports this file. `print` takes the lines of the trace.
 */
export async function runPressed(
  { swarm: wanted }: Mutant,
  seed: number,
  print: ((line: string) => void) | null,
): Promise<HuntEnd> {
  // Most is found soonest in runs of seconds, and by the clients that cost least.
  const overrides = { administrators: 0, ...wanted };
  const swarm = withOverrides(drawPressed(new Prng(seed).fork()), overrides);
  const { verdict, checker, message } = await runSeed(seed, { print, swarm });
  return verdict === "passed" ? { kind: "passed" } : { kind: "failed", seed, checker, message };
}
