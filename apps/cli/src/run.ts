/** One run of the command, from its arguments to its exit code. */
import { Cli, type Host } from "./cli.ts";
import { endingOf } from "./ending.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { visible, visibleLines } from "./output/cell.ts";
import { paintFor } from "./output/style.ts";
import { createProgram } from "./program.ts";

/** Runs the command that the arguments name. Never throws. */
export async function run(args: readonly string[], host: Host): Promise<ExitCode> {
  const cli = new Cli(host);
  try {
    await createProgram(cli).parseAsync(args, { from: "user" });
    return host.signal.aborted ? exitCodes.interrupted : cli.exitCode;
  } catch (error) {
    const { exitCode, line, notes } = endingOf(error, host.signal.aborted);
    const { talk } = host.terminal;
    const paint = paintFor(talk.isTerminal, host.environment);
    if (line !== "") talk.write(`${paint("bad", "error:")} ${visible(line)}\n`);
    for (const note of notes) talk.write(`  ${visibleLines(note)}\n`);
    return exitCode;
  }
}
