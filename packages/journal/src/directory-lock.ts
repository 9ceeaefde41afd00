/** One process for each folder. */
import { type FileHandle, link, open, readFile, realpath, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "./disk-calls.ts";
import { JournalError } from "./journal-error.ts";

/** The file by which a process holds a folder. */
export const lockName = "lock";

/** How often a lock that a dead process left is taken away before giving up: each time is a race. */
const attemptsMax = 5;

/** Folders that this process holds: its own number in a lock file then means "in use". */
const heldHere = new Set<string>();

/** A folder that is held until `release`. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Takes the folder. Throws JournalError "folder-in-use" while a living process holds it.
 *
 * The lock is a file with the owner's process number and the time at which it started, because
 * numbers are used again (in a container every start may have number 1). It appears whole or not
 * at all, and is held open.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const real = await realpath(directory);
  if (heldHere.has(real)) throw inUse(directory, process.pid);
  heldHere.add(real);
  try {
    const file = await takeLock(directory);
    return {
      async release() {
        await file.close();
        await rm(join(directory, lockName), { force: true });
        heldHere.delete(real);
      },
    };
  } catch (error) {
    heldHere.delete(real);
    throw error;
  }
}

async function takeLock(directory: string): Promise<FileHandle> {
  const path = join(directory, lockName);
  const own = `${path}.${process.pid}`;
  const file = await open(own, "w+", 0o600);
  try {
    await file.writeFile(`${process.pid} ${await startOf(process.pid)}\n`);
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (await isLinked(own, path)) return file;
      const text = await readOrNull(path);
      const owner = text === null ? null : await livingOwner(text);
      if (owner !== null) throw inUse(directory, owner);
      if (text !== null) await removeStale(path, text);
    }
    throw inUse(directory, 0);
  } catch (error) {
    await file.close();
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Gives the file its second name, unless that exists. */
async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Takes away the lock with this text; one that another process has just taken is put back. */
async function removeStale(path: string, text: string): Promise<void> {
  const aside = `${path}.${process.pid}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    throw error;
  }
  if ((await readOrNull(aside)) !== text) await isLinked(aside, path);
  await rm(aside, { force: true });
}

/** The number of the living process that the lock's text names, or null. */
async function livingOwner(text: string): Promise<number | null> {
  const [pidText, start] = text.trim().split(" ");
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errnoOf(error) === "ESRCH") return null;
  }
  return (await startOf(pid)) === start ? pid : null;
}

/**
 * When a process started, as Linux counts it (proc(5), field 22 of stat), and in which life of the
 * machine; "unknown" where there is no /proc, and then the number alone decides.
 */
async function startOf(pid: number): Promise<string> {
  const stat = await readOrNull(`/proc/${pid}/stat`);
  const boot = await readOrNull("/proc/sys/kernel/random/boot_id");
  if (stat === null || boot === null) return "unknown";
  const fieldsAfterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return `${boot.trim()}/${fieldsAfterName[19] ?? "unknown"}`;
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ESRCH" || errno === "EACCES") return null;
    throw error;
  }
}

function inUse(directory: string, pid: number): JournalError {
  return new JournalError("folder-in-use", `${directory} is in use by process ${pid}`);
}
