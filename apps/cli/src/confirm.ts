/** Before something that cannot be taken back: the name, typed once more. */
import type { Cli } from "./cli.ts";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** What is about to happen. */
export interface Danger {
  /** A sentence without its full stop, such as `this removes 7 messages of orders`. */
  readonly what: string;
  /** The name to type. */
  readonly name: string;
  /** What `--confirm` said; undefined: a person is asked. */
  readonly given: string | undefined;
}

/** Returns when the name was given. Throws Failure, with nothing done, when it was not. */
export async function confirmByName(cli: Cli, danger: Danger): Promise<void> {
  const { what, name, given } = danger;
  if (given === name) return;
  if (given !== undefined) {
    throw new Failure(exitCodes.refused, `--confirm says "${given}", and this is about "${name}"`);
  }
  const { terminal, signal } = cli.host;
  if (!terminal.inIsTerminal || !terminal.talk.isTerminal) {
    throw new Failure(exitCodes.refused, what, { hint: `Confirm it: --confirm ${name}` });
  }
  cli.output.warn(`${what}.`);
  const typed = await terminal.ask(`Type ${name} to proceed: `, signal);
  if (typed.trim() !== name)
    throw new Failure(exitCodes.refused, "not confirmed; nothing was done");
}
