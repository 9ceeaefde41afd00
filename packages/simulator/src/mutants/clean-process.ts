/** Answers for each seed that its parent names how it runs without the mutant that it found. */
import { mutantNamed } from "./catalogue.ts";
import type { CleanRequest, HuntMessage } from "./hunt-message.ts";
import { runPressed } from "./pressed-run.ts";

process.on("message", ({ name, seed }: CleanRequest) => {
  void runPressed(mutantNamed(name), seed, null).then((message: HuntMessage) =>
    process.send?.(message),
  );
});
// Without the parent nobody reads what a run finds.
process.on("disconnect", () => process.exit());
