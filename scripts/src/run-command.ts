import { spawn } from "node:child_process";
import { constants } from "node:os";
import { repositoryFolder, toolEnvironment } from "./places.ts";

/** A command to run, in the repository unless `folder` says otherwise. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** How a command ended. */
export interface CommandEnd {
  /** The exit code; 128 + the signal's number when a signal ended it; 127 when it never began. */
  readonly code: number;
  /** Standard output and error in the order in which they came. */
  readonly output: string;
  readonly tookMs: number;
}

/** Where the output goes beside the result: to nobody, or to our own output as it comes. */
export type Echo = "silent" | "echo";

/** More output than this is cut at the front: the end of a log tells why it ended. */
const outputCharactersMax = 4_000_000;

/**
 * Runs a command to its end. A signal to us is passed on, and ends us when the command has ended,
 * so no command is left behind. Never throws for what the command does.
 */
export async function runCommand(command: Command, echo: Echo): Promise<CommandEnd> {
  const begin = performance.now();
  const child = spawn(command.program, [...command.args], {
    cwd: command.folder ?? repositoryFolder,
    env: { ...toolEnvironment(), ...command.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    if (echo === "echo") process.stdout.write(chunk);
    output = (output + chunk.toString("utf8")).slice(-outputCharactersMax);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);

  let received: NodeJS.Signals | null = null;
  const passOn = (signal: NodeJS.Signals): void => {
    received = signal;
    child.kill(signal);
  };
  process.on("SIGINT", passOn).on("SIGTERM", passOn);
  const code = await new Promise<number>((resolve) => {
    child.on("error", (error) => {
      output += `${error.message}\n`;
      resolve(127);
    });
    child.on("close", (exit, signal) => resolve(exit ?? 128 + signalNumber(signal)));
  });
  process.off("SIGINT", passOn).off("SIGTERM", passOn);
  if (received !== null) process.exit(128 + signalNumber(received));
  return { code, output, tookMs: performance.now() - begin };
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal];
}

/** A duration for a person: `0.4 s`, `3 min 12 s`. */
export function formatDuration(tookMs: number): string {
  const seconds = tookMs / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
