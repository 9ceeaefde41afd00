/** One process of a cluster under test: started, killed, frozen and started again at will. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { openLog } from "@quorate/scripts/src/log-file.ts";
import { repositoryFolder } from "@quorate/scripts/src/places.ts";
import type { ProcessSpec } from "@quorate/scripts/src/supervisor.ts";

/** How long a process may take to end by itself before it is killed. */
const stopGraceMs = 3_000;

/** How a process ended: its exit code or the signal that ended it. */
export type ProcessEnd = number | NodeJS.Signals;

/** Kills whatever this program has started, should it end early. */
const started = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of started) child.kill("SIGKILL");
});

/** A process that can be begun again after its end. */
export class RigProcess {
  readonly id: string;
  readonly log: string;
  readonly #spec: ProcessSpec;
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;
  #end: Promise<ProcessEnd> = Promise.resolve(0);
  #restartMs: number | null = null;
  #restart: NodeJS.Timeout | null = null;

  constructor(spec: ProcessSpec, environment: Readonly<Record<string, string>> = {}) {
    this.id = spec.id;
    this.log = spec.log;
    this.#spec = spec;
    this.#environment = environment;
  }

  /** The living process's pid; throws when it has ended. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.id} does not run`);
    return pid;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /** Begins the process; it appends to its log. */
  start(): void {
    if (this.#child !== null) throw new Error(`${this.id} runs already`);
    const log = openLog(this.log);
    const child = spawn(process.execPath, [...this.#spec.args], {
      cwd: repositoryFolder,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...this.#environment },
    });
    closeSync(log);
    started.add(child);
    this.#child = child;
    this.#end = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        started.delete(child);
        this.#child = null;
        resolve(signal ?? code ?? 0);
        this.#planRestart();
      });
    });
  }

  /** From now on an end is followed by a start after this long, as `npm start` does it. */
  restartAfter(ms: number): void {
    this.#restartMs = ms;
  }

  /** SIGKILL, and waits until the kernel has done it. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#end;
  }

  /** Sends a signal: SIGSTOP and SIGCONT too. */
  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Waits for the end of the process, without causing it. */
  ended(): Promise<ProcessEnd> {
    return this.#end;
  }

  /** SIGTERM, and SIGKILL after the grace; no restart any more. */
  async stop(): Promise<void> {
    this.#restartMs = null;
    if (this.#restart !== null) clearTimeout(this.#restart);
    // A frozen process does not hear SIGTERM.
    this.signal("SIGCONT");
    this.signal("SIGTERM");
    const killer = setTimeout(() => this.signal("SIGKILL"), stopGraceMs);
    await this.#end;
    clearTimeout(killer);
  }

  #planRestart(): void {
    if (this.#restartMs === null) return;
    this.#restart = setTimeout(() => this.start(), this.#restartMs);
  }
}
