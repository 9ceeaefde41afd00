/**
 * Who runs the dev cluster: one file that names the supervisor and its children, each with its
 * start, so that neither a crash nor a reused pid can deceive anybody.
 */
import { linkSync, renameSync, rmSync } from "node:fs";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { isFields, readFields } from "./json-fields.ts";
import { writePrivateFile } from "./private-file.ts";
import { identityIn, identityOf, isAlive, type ProcessIdentity } from "./process-identity.ts";

/** The supervisor of a dev cluster and the processes that it has started. */
export interface Running {
  readonly supervisor: ProcessIdentity;
  readonly children: readonly ProcessIdentity[];
}

/** Others that may take the file from us between two steps before we give up. */
const claimTriesMax = 5;

/** What the file says, or null when there is none or it is damaged. */
export function readRunning(path: string): Running | null {
  const fields = readFields(path);
  const supervisor = fields?.["supervisor"];
  const children = fields?.["children"];
  const identity = isFields(supervisor) ? identityIn(supervisor) : null;
  if (identity === null || !Array.isArray(children)) return null;
  const known = children.filter(isFields).map(identityIn);
  return { supervisor: identity, children: known.filter((child) => child !== null) };
}

/** The processes of the file that still live, the supervisor first. */
export function livingOf(running: Running | null): readonly ProcessIdentity[] {
  return running === null ? [] : [running.supervisor, ...running.children].filter(isAlive);
}

/**
 * Makes this process the supervisor. Returns the living children of a supervisor that died, which
 * the caller must end. Throws Failure `alreadyRunning` while another supervisor lives.
 */
export function claimRunning(path: string): readonly ProcessIdentity[] {
  const leftOver: ProcessIdentity[] = [];
  const ours = `${path}.${process.pid}.claim`;
  writeRunning(ours, []);
  try {
    for (let tries = 0; tries < claimTriesMax; tries++) {
      // A hard link is made only where no file is: of two starters one wins.
      if (linkIfAbsent(ours, path)) return leftOver;
      refuseIfRunning(readRunning(path));
      leftOver.push(...livingOf(takeAway(path)));
    }
  } finally {
    rmSync(ours, { force: true });
  }
  throw new Failure(exitCodes.alreadyRunning, `others keep taking ${path}`);
}

/** Writes down the children of this supervisor. */
export function writeRunning(path: string, children: readonly ProcessIdentity[]): void {
  const supervisor = identityOf(process.pid);
  writePrivateFile(path, `${JSON.stringify({ supervisor, children }, null, 2)}\n`);
}

/** Removes the file, unless another supervisor has it by now. */
export function releaseRunning(path: string): void {
  const supervisor = readRunning(path)?.supervisor;
  const isOurs = supervisor === undefined || supervisor.pid === process.pid;
  if (isOurs || !isAlive(supervisor)) rmSync(path, { force: true });
}

/** Removes a stale file and returns what it said; puts it back if it is not stale after all. */
function takeAway(path: string): Running | null {
  const aside = `${path}.${process.pid}.stale`;
  if (!renameIfPresent(path, aside)) return null;
  const taken = readRunning(aside);
  try {
    if (taken !== null && isAlive(taken.supervisor)) linkIfAbsent(aside, path);
    refuseIfRunning(taken);
  } finally {
    rmSync(aside, { force: true, recursive: true });
  }
  return taken;
}

function refuseIfRunning(running: Running | null): void {
  if (running === null || !isAlive(running.supervisor)) return;
  const { pid } = running.supervisor;
  const line = `a dev cluster runs already (pid ${pid}); stop it with: npm run stop`;
  throw new Failure(exitCodes.alreadyRunning, line);
}

function linkIfAbsent(from: string, to: string): boolean {
  return worksUnless("EEXIST", () => linkSync(from, to));
}

/** False when another starter has just removed the file. */
function renameIfPresent(from: string, to: string): boolean {
  return worksUnless("ENOENT", () => renameSync(from, to));
}

/** True when the action worked, false when it failed for this reason; throws for any other. */
function worksUnless(reason: string, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === reason) return false;
    throw error;
  }
}
