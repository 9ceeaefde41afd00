/** Examples of a command, in its help and in the reference. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** One call, and what it does. */
export interface Example {
  readonly call: string;
  readonly does: string;
}

const examples = new WeakMap<CommandUnknownOpts, readonly Example[]>();

/** Gives a command its examples, at the end of its help. */
export function addExamples(command: CommandUnknownOpts, list: readonly Example[]): void {
  examples.set(command, list);
  const lines = list.map(({ call, does }) => `  # ${does}\n  ${call}`);
  command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

/** The examples of a command; none for one that only holds others. */
export function examplesOf(command: CommandUnknownOpts): readonly Example[] {
  return examples.get(command) ?? [];
}
