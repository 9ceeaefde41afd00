import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { countIn, type Fields } from "./json-fields.ts";

/** A process, told apart from a later one that was given the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own words; equal only for one and the same process. */
  readonly start: string;
}

/** The process that has this pid now, or null when there is none (a zombie is none). */
export function identityOf(pid: number): ProcessIdentity | null {
  const start = process.platform === "linux" ? startOnLinux(pid) : startByPs(pid);
  return start === null ? null : { pid, start };
}

/** True while exactly this process lives. */
export function isAlive({ pid, start }: ProcessIdentity): boolean {
  return identityOf(pid)?.start === start;
}

/** The identity in fields read from JSON, or null. */
export function identityIn(fields: Fields): ProcessIdentity | null {
  const pid = countIn(fields, "pid");
  const start = fields["start"];
  return pid > 0 && typeof start === "string" ? { pid, start } : null;
}

/** Boot and clock ticks since boot: proc(5), fields 3 (state) and 22 (starttime) of `stat`. */
function startOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in parentheses and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state = "X"] = fields;
    const ticks = fields[19];
    if (ticks === undefined || state === "Z" || state === "X") return null;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()}/${ticks}`;
  } catch {
    // The kernel has no such process.
    return null;
  }
}

function startByPs(pid: number): string | null {
  try {
    const args = ["-o", "lstart=", "-p", String(pid)];
    return execFileSync("ps", args, { encoding: "utf8", stdio: "pipe" }).trim() || null;
  } catch {
    // `ps` ends with 1 when there is no such process.
    return null;
  }
}
