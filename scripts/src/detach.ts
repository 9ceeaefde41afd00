import { spawn } from "node:child_process";
import { closeSync, mkdirSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { DevFolder } from "./dev-folder.ts";
import { exitCodes } from "./exit-codes.ts";
import { openLog } from "./log-file.ts";
import { repositoryFolder } from "./places.ts";
import { newsIn } from "./say.ts";

/**
 * Starts the supervisor in a session of its own, with its log for output and nothing of ours, and
 * returns when it is ready: 0; or when it has ended: its exit code. Its lines are shown here until
 * then. A signal to us ends it, as long as we wait for it.
 */
export async function startDetached(folder: DevFolder, args: readonly string[]): Promise<number> {
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  const log = openLog(folder.supervisorLog);
  const program = join(repositoryFolder, "scripts", "src", "start.ts");
  const supervisor = spawn(process.execPath, [program, ...args], {
    cwd: repositoryFolder,
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  const passOn = (signal: NodeJS.Signals): void => void supervisor.kill(signal);
  process.on("SIGINT", passOn).on("SIGTERM", passOn).on("SIGHUP", passOn);
  const code = await new Promise<number>((resolve) => {
    supervisor.on("message", (message) => {
      const news = newsIn(message);
      if (news?.kind === "ready") resolve(exitCodes.ok);
      else if (news?.kind === "line") console.log(news.line);
      else if (news?.kind === "complaint") console.error(news.line);
    });
    supervisor.on("error", () => resolve(exitCodes.notReady));
    supervisor.on("exit", (exit, signal) =>
      resolve(exit ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
  process.off("SIGINT", passOn).off("SIGTERM", passOn).off("SIGHUP", passOn);
  if (supervisor.connected) supervisor.disconnect();
  supervisor.unref();
  return code;
}
