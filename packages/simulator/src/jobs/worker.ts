/** A worker process: it runs the seeds that its parent names, one after the other. */
import { runJob } from "./run-job.ts";
import { isSeedJob } from "./seed-job.ts";

process.on("message", (message) => {
  if (!isSeedJob(message)) return;
  // Nobody is there to be told that the parent is gone.
  void runJob(message, null).then((report) => process.send?.(report, () => undefined));
});
// Without the parent nobody reads what a run finds.
process.on("disconnect", () => process.exit());
