/** Hunts mutants, each in a process of its own, several at a time. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CleanRuns } from "./clean-runs.ts";
import { type HuntMessage, type HuntMode, seedMsMax } from "./hunt-message.ts";
import type { Mutant } from "./mutant.ts";

/** Seeds that a mutant may need; one that needs more is not found. */
export const seedsMax = 500;

const mode: HuntMode = "mutated";

const program = fileURLToPath(new URL("./hunt-process.ts", import.meta.url));

/** What ended a hunt. */
export type Catch =
  | {
      readonly kind: "found";
      readonly seed: number;
      readonly checker: string;
      readonly message: string;
    }
  | { readonly kind: "not-found" }
  /** The mutant does not run at all, or its seed fails without it too. */
  | { readonly kind: "broken"; readonly reason: string };

/** Errors of a patch that does not fit any more: they show nothing about the simulator. */
const misfits = /^(?:ReferenceError|SyntaxError|TypeError)\b/;

/**
 * Looks for the mutant by the remembered seed first, if there is one, and then by every seed from 1
 * on. The seed that finds it must pass without it.
 */
export async function hunt(
  mutant: Mutant,
  remembered: number | null,
  clean: CleanRuns,
): Promise<Catch> {
  if (remembered !== null) {
    const known = await runSeeds(mutant, remembered, 1);
    if (known.kind !== "not-found") return confirmed(mutant, known, clean);
  }
  return confirmed(mutant, await runSeeds(mutant, 1, seedsMax), clean);
}

async function confirmed(mutant: Mutant, result: Catch, clean: CleanRuns): Promise<Catch> {
  if (result.kind !== "found") return result;
  if (misfits.test(result.message)) return { kind: "broken", reason: result.message };
  const reason = await clean.reasonAgainst(mutant, result.seed);
  if (reason === null) return result;
  return { kind: "broken", reason: `seed ${result.seed} fails without the mutant: ${reason}` };
}

function runSeeds(mutant: Mutant, first: number, count: number): Promise<Catch> {
  const child = fork(program, [mutant.name, mode, String(first), String(count)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  return new Promise((resolve) => {
    let seed = first;
    let complaint = "";
    const end = (result: Catch): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      resolve(result);
    };
    const endless = (): void =>
      end({ kind: "found", seed, checker: "time limit", message: "the run does not end" });
    let timer = setTimeout(endless, seedMsMax);
    child.stderr?.on("data", (chunk: Buffer) => {
      complaint += chunk.toString("utf8");
    });
    child.on("message", (message: HuntMessage) => {
      if (message.kind === "passed") return end({ kind: "not-found" });
      if (message.kind === "failed") return end({ ...message, kind: "found" });
      seed = message.seed;
      clearTimeout(timer);
      timer = setTimeout(endless, seedMsMax);
    });
    child.on("close", (code) => {
      end({ kind: "broken", reason: `it ended with ${code}: ${complaint.trim()}` });
    });
  });
}
