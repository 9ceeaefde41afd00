/** The process: `quorate <command>`. */
import { setTimeout as later } from "node:timers/promises";
import { readEnvironment } from "./config.ts";
import { exitCodes } from "./exit-codes.ts";
import { run } from "./run.ts";
import { processTerminal } from "./terminal.ts";

const interruption = new AbortController();
process.on("SIGINT", () => interruption.abort());
process.on("SIGTERM", () => interruption.abort());

// Whoever reads may stop reading, as `head` does: then there is nothing left to say. A full disk is
// another matter: what was received and could not be shown must not be acknowledged.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.ok);
  process.stderr.write(`error: standard output cannot be written: ${error.message}\n`);
  process.exit(exitCodes.error);
});

const { signal } = interruption;

process.exitCode = await run(process.argv.slice(2), {
  terminal: processTerminal(),
  environment: readEnvironment(),
  folder: process.cwd(),
  signal,
  nowMs: Date.now,
  pause: (ms) => later(ms, undefined, { signal }).catch(() => undefined),
});
