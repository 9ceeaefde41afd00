/** Keeps the processes of the dev cluster running, and ends them in order. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { openLog } from "./log-file.ts";
import { repositoryFolder } from "./places.ts";

/** How long a process may take to end by itself before it is killed. */
export const stopGraceMs = 5_000;

/** How long a process stays away before it is started again. */
export const restartMs = 1_000;

/** One process to keep running. */
export interface ProcessSpec {
  readonly id: string;
  /** Arguments of Node: the program first. */
  readonly args: readonly string[];
  /** Where its output goes; appended, never truncated. */
  readonly log: string;
}

/** What the owner of a supervisor decides and hears. */
export interface SupervisorOptions {
  readonly specs: readonly ProcessSpec[];
  /** True: a process that has ended is started again after `restartMs`. */
  readonly restart: boolean;
  readonly restartMs: number;
  /** How long a process may take to end by itself before it is killed. */
  readonly stopGraceMs: number;
  /** A process has begun, for the first time or again. */
  onStarted(id: string, pid: number): void;
  /** A process has ended although nobody stopped it. `how` is its exit code or signal. */
  onEnded(id: string, how: string): void;
}

/** Starts, restarts and stops processes. Life: start, then stop once. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  /** Invariant: exactly the processes that have begun and whose end was not yet heard of. */
  readonly #children = new Map<string, ChildProcess>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Begins every process. Throws the system's error when a log cannot be opened. */
  start(): void {
    for (const spec of this.#options.specs) this.#begin(spec);
  }

  /** From now on an end is expected: nothing is reported or started again. */
  expectEnds(): void {
    this.#stopping = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    this.#restarts.clear();
  }

  /** Ends every process: SIGTERM, and SIGKILL after the grace. Returns when none is left. */
  async stop(): Promise<void> {
    this.expectEnds();
    const children = [...this.#children.values()];
    const ends = children.map((child) => new Promise((resolve) => child.once("close", resolve)));
    for (const child of children) child.kill("SIGTERM");
    const killer = setTimeout(() => {
      for (const child of children) child.kill("SIGKILL");
    }, this.#options.stopGraceMs);
    await Promise.all(ends);
    clearTimeout(killer);
  }

  #begin(spec: ProcessSpec): void {
    const log = openLog(spec.log);
    // The child holds its log itself: it goes on writing when this process is killed.
    const child = spawn(process.execPath, [...spec.args], {
      cwd: repositoryFolder,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#children.set(spec.id, child);
    let problem: string | null = null;
    child.on("error", (error) => {
      problem = error.message;
    });
    child.on("close", (code, signal) => this.#end(spec, problem ?? signal ?? `exit code ${code}`));
    if (child.pid !== undefined) this.#options.onStarted(spec.id, child.pid);
  }

  #end(spec: ProcessSpec, how: string): void {
    this.#children.delete(spec.id);
    if (this.#stopping) return;
    this.#options.onEnded(spec.id, how);
    if (!this.#options.restart) return;
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#begin(spec);
    }, this.#options.restartMs);
    this.#restarts.add(timer);
  }
}
