/**
 * Runs seeds without any mutant, one after the other in one process: a hundred mutants are confirmed
 * by as many runs, and a process of its own for each would compile everything anew.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CleanRequest, HuntMessage } from "./hunt-message.ts";
import { seedMsMax } from "./hunt-message.ts";
import type { Mutant } from "./mutant.ts";

const program = fileURLToPath(new URL("./clean-process.ts", import.meta.url));

/** See the file. Asked by one hunt at a time; its process ends with `stop`. */
export class CleanRuns {
  #child: ChildProcess | null = null;

  /** Why the seed that found the mutant fails without it too; null when it passes, as it must. */
  reasonAgainst({ name }: Mutant, seed: number): Promise<string | null> {
    const child = (this.#child ??= fork(program, {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    }));
    return new Promise((resolve) => {
      const end = (reason: string | null): void => {
        clearTimeout(timer);
        child.off("message", onMessage).off("close", onClose);
        resolve(reason);
      };
      const timer = setTimeout(() => {
        this.stop();
        end("the run does not end");
      }, seedMsMax);
      const onMessage = (message: HuntMessage): void => {
        if (message.kind === "passed") end(null);
        if (message.kind === "failed") end(message.message);
      };
      const onClose = (code: number | null): void => {
        this.#child = null;
        end(`it ended with ${code}`);
      };
      child.on("message", onMessage).on("close", onClose);
      const request: CleanRequest = { name, seed };
      child.send(request);
    });
  }

  /** Ends the process; another question begins another. */
  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = null;
  }
}
