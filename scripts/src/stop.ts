/** `npm run stop`: ends the dev cluster, and succeeds when there is none. */
import { defaultDevFolder, devFolderAt } from "./dev-folder.ts";
import { endProcesses } from "./end-processes.ts";
import { exitCodes } from "./exit-codes.ts";
import { runToExit } from "./failure.ts";
import { parseArgs } from "node:util";
import { wrongOption } from "./options.ts";
import { livingOf, readRunning, releaseRunning } from "./running.ts";
import { stopGraceMs } from "./supervisor.ts";

/** The supervisor first gives its children their grace, and needs a moment for itself. */
const supervisorGraceMs = stopGraceMs + 2_000;

await runToExit(async () => {
  refuseOptions(process.argv.slice(2));
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

/** Who asks for help, or mistypes, does not want the cluster ended. */
function refuseOptions(args: readonly string[]): void {
  try {
    parseArgs({ args: [...args], options: {} });
  } catch (cause) {
    throw wrongOption(
      cause,
      "npm run stop ends the dev cluster of this clone, and takes no options",
    );
  }
}
