import { setTimeout as delay } from "node:timers/promises";
import { isAlive, type ProcessIdentity } from "./process-identity.ts";

/** Between two looks at processes that are not our children and cannot tell us of their end. */
const lookMs = 50;

/**
 * Ends processes by pid: SIGTERM, and SIGKILL for those that still live after `graceMs`. Returns
 * when none lives. A pid that meanwhile belongs to another process is left alone.
 */
export async function endProcesses(
  processes: readonly ProcessIdentity[],
  graceMs: number,
): Promise<void> {
  signal(processes, "SIGTERM");
  if (await haveEnded(processes, graceMs)) return;
  signal(processes, "SIGKILL");
  await haveEnded(processes, graceMs);
}

function signal(processes: readonly ProcessIdentity[], name: NodeJS.Signals): void {
  for (const each of processes) {
    if (!isAlive(each)) continue;
    try {
      process.kill(each.pid, name);
    } catch (error) {
      // It may end between the two calls. That it belongs to another user cannot be helped here.
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (code !== "ESRCH") throw error;
    }
  }
}

async function haveEnded(
  processes: readonly ProcessIdentity[],
  withinMs: number,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (processes.some(isAlive)) {
    if (performance.now() > deadline) return false;
    await delay(lookMs);
  }
  return true;
}
