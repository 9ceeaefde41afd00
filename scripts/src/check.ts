/** `npm run check`: format, lint, layers, types, unused code, tidiness. Stops at the first fault. */
import { checks, runChecks } from "./checks.ts";
import { exitCodes } from "./exit-codes.ts";
import { runToExit } from "./failure.ts";
import { formatDuration } from "./run-command.ts";

await runToExit(async () => {
  const begin = performance.now();
  const { failed } = await runChecks(checks, "stop");
  const verdict = failed === 0 ? "check passed" : "check failed";
  console.log(`${verdict} in ${formatDuration(performance.now() - begin)}`);
  return failed === 0 ? exitCodes.ok : exitCodes.failed;
});
