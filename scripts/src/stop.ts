/** `npm run stop`: ends the dev cluster, and succeeds when there is none. */
import { defaultDevFolder, devFolderAt } from "./dev-folder.ts";
import { endProcesses } from "./end-processes.ts";
import { exitCodes } from "./exit-codes.ts";
import { runToExit } from "./failure.ts";
import { livingOf, readRunning, releaseRunning } from "./running.ts";
import { stopGraceMs } from "./supervisor.ts";

/** The supervisor first gives its children their grace, and needs a moment for itself. */
const supervisorGraceMs = stopGraceMs + 2_000;

await runToExit(async () => {
  const { runningFile } = devFolderAt(defaultDevFolder);
  const running = readRunning(runningFile);
  const living = livingOf(running);
  if (running === null || living.length === 0) {
    console.log("quorate: nothing runs");
  } else {
    await endProcesses([running.supervisor], supervisorGraceMs);
    // A supervisor that was killed leaves its children behind.
    await endProcesses(running.children, stopGraceMs);
    console.log(`quorate: stopped (${living.length} processes)`);
  }
  releaseRunning(runningFile);
  return exitCodes.ok;
});
