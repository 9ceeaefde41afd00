/** The life of a dev cluster: claim the folder, prepare, start, serve, stop. */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildDashboard, hasDashboard, isDashboardBuilt } from "./dashboard-build.ts";
import type { DevFolder } from "./dev-folder.ts";
import { DevClusterRun } from "./dev-cluster-run.ts";
import { endProcesses } from "./end-processes.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { createCluster, type DevCluster, openCluster, replicasDefault } from "./genesis.ts";
import type { StartOptions } from "./options.ts";
import { isPortFree } from "./ports.ts";
import { planProcesses, type ProcessPlan } from "./process-plan.ts";
import { claimRunning, releaseRunning } from "./running.ts";
import { say } from "./say.ts";
import { stopGraceMs } from "./supervisor.ts";

/**
 * Runs a dev cluster until a signal ends it. Throws Failure, with nothing left running, when it
 * cannot be started.
 */
export async function runCluster(options: StartOptions, folder: DevFolder): Promise<ExitCode> {
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  const leftOver = claimRunning(folder.runningFile);
  try {
    if (leftOver.length > 0) {
      say(`quorate: ending ${leftOver.length} processes of a supervisor that died`);
      await endProcesses(leftOver, stopGraceMs);
    }
    const { cluster, plan } = await prepare(options, folder);
    await new DevClusterRun(folder, cluster, plan, options.restart).untilStopped();
    return exitCodes.ok;
  } finally {
    releaseRunning(folder.runningFile);
  }
}

/** Everything that can fail before a process runs; what is there is touched last. */
async function prepare(
  options: StartOptions,
  folder: DevFolder,
): Promise<{ cluster: DevCluster; plan: ProcessPlan }> {
  await requireFreePort(options.port, "choose another with --port");
  if (hasDashboard() && !isDashboardBuilt()) {
    say("quorate: building the dashboard …");
    await buildDashboard();
  }
  if (options.fresh) forget(folder);
  const cluster = existsSync(folder.clusterFile)
    ? await openExisting(options, folder)
    : await createNew(options, folder);
  for (const { id, port } of cluster.replicas) {
    await requireFreePort(port, `it is that of ${id}; end the other program, or use --fresh`);
  }
  return { cluster, plan: await planProcesses(folder, cluster, [options.port]) };
}

async function openExisting(options: StartOptions, folder: DevFolder): Promise<DevCluster> {
  const cluster = await openCluster(folder);
  const { length } = cluster.replicas;
  if (options.replicas !== null && options.replicas !== length) {
    const line = `the dev cluster has ${length} replicas, not ${options.replicas}; begin anew with --fresh`;
    throw new Failure(exitCodes.otherCluster, line);
  }
  return cluster;
}

async function createNew(options: StartOptions, folder: DevFolder): Promise<DevCluster> {
  const count = options.replicas ?? replicasDefault;
  say(`quorate: creating a dev cluster of ${count} in ${folder.path}`);
  // What an interrupted genesis has left is no cluster.
  forget(folder);
  return createCluster(folder, { replicas: count, portsTaken: [options.port] });
}

/** Removes everything but what belongs to this very run. */
function forget(folder: DevFolder): void {
  const kept = new Set([folder.runningFile, folder.supervisorLog]);
  // The cluster file goes first: a folder without it holds no cluster, whatever else is there.
  rmSync(folder.clusterFile, { force: true });
  for (const name of readdirSync(folder.path)) {
    const path = join(folder.path, name);
    if (!kept.has(path)) rmSync(path, { recursive: true, force: true });
  }
}

async function requireFreePort(port: number, advice: string): Promise<void> {
  if (await isPortFree(port)) return;
  throw new Failure(exitCodes.portBusy, `port ${port} is in use; ${advice}`);
}
