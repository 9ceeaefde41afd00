/** Published vectors, as `npm test` runs them. */
import { runVitest } from "@quorate/scripts/src/run-vitest.ts";
import { all, type Figure } from "../figures.ts";
import type { ProofStep } from "../step.ts";

async function run(): Promise<readonly Figure[]> {
  const { passed, failed, skipped } = await runVitest(["conformance"]);
  // On a machine without the vectors nothing can be said, and the tests say that themselves.
  if (skipped > 0) console.log(`${skipped} skipped: their vectors are not on this machine`);
  return [all("conformance tests passed", passed, passed + failed)];
}

/** See the file. */
export const conformance: ProofStep = {
  name: "conformance",
  what: "published vectors: ed25519, JOSE, JSON",
  minutes: 1,
  run,
};
