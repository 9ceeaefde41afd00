/** Real replicas under frames that nobody may act on. */
import { expect, test } from "vitest";
import { fuzzFrames } from "./fuzz-frames.ts";
import { framesToSend, fuzzSeed } from "./settings.ts";

test(`of ${framesToSend} frames that must be refused, each is, by its reason, and nothing else happens`, async () => {
  const report = await fuzzFrames(framesToSend, fuzzSeed);
  const { seed, frames, refused, accepted, crashes, surprises } = report;
  const reasons = [...refused].map(([reason, count]) => `${reason} ${count}`).join(", ");
  console.log(
    `fuzz: seed ${seed}, ${frames} frames, ${accepted} accepted, ${crashes} crashes; ${reasons}`,
  );
  expect({ accepted, crashes, surprises }).toEqual({ accepted: 0, crashes: 0, surprises: [] });
});
