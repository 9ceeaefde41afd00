/** CPU time of processes, from proc(5); nothing is known on other systems than Linux. */
import { readFileSync } from "node:fs";

/** Length of a tick in microseconds: USER_HZ is 100 on every Linux that we know. */
const tickMicros = 10_000;

/** User and system time of a process since its start in microseconds; NaN when not known. */
export function cpuMicrosOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(user) + Number(system)) * tickMicros;
  } catch {
    // No such process, or no such file system.
    return Number.NaN;
  }
}
