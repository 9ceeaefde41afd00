/** What may come next on a command line. */
import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";

/** The words that fit, or what else has to be asked for them. */
export type Candidates =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "queues" }
  | { readonly kind: "contexts" }
  | { readonly kind: "nothing" };

const nothing: Candidates = { kind: "nothing" };

/**
 * What may stand in the place of the last word, which may be empty or begun. Words that do not fit
 * the beginning are left to the caller to drop.
 */
export function candidatesAt(program: CommandUnknownOpts, words: readonly string[]): Candidates {
  const before = words.slice(0, -1);
  const begun = words.at(-1) ?? "";
  const { command, operands, openOption } = walk(program, before);
  if (openOption !== null) return candidatesOfOption(openOption);
  if (begun.startsWith("-")) return { kind: "words", words: optionsOf(command) };
  const names = command.commands.filter(isVisible).map((each) => each.name());
  if (names.length > 0 && operands === 0) return { kind: "words", words: names };
  const { registeredArguments: list } = command;
  const argument = list[operands] ?? (list.at(-1)?.variadic === true ? list.at(-1) : undefined);
  if (argument === undefined) return nothing;
  if (argument.argChoices !== undefined) return { kind: "words", words: argument.argChoices };
  const isContext = command.parent?.name() === "context" && command.name() !== "add";
  if (argument.name() === "queue") return { kind: "queues" };
  return isContext ? { kind: "contexts" } : nothing;
}

/** Where the words lead: the innermost command, its operands so far, an option without its value. */
function walk(program: CommandUnknownOpts, words: readonly string[]) {
  let command = program;
  let operands = 0;
  let openOption: Option | null = null;
  for (const word of words) {
    if (openOption !== null) openOption = null;
    else if (word.startsWith("-") && word !== "-") openOption = optionAwaiting(command, word);
    else {
      const sub = operands === 0 ? childOf(command, word) : undefined;
      if (sub === undefined) operands += 1;
      else command = sub;
    }
  }
  return { command, operands, openOption };
}

function childOf(command: CommandUnknownOpts, word: string): CommandUnknownOpts | undefined {
  return command.commands.find((each) => each.name() === word || each.aliases().includes(word));
}

/** The option of this word when its value is the next word. */
function optionAwaiting(command: CommandUnknownOpts, word: string): Option | null {
  const found = allOptions(command).find(({ short, long }) => word === short || word === long);
  return found?.required === true ? found : null;
}

function candidatesOfOption({ argChoices, long }: Option): Candidates {
  if (argChoices !== undefined) return { kind: "words", words: argChoices };
  if (long === "--confirm") return { kind: "queues" };
  return long === "--context" ? { kind: "contexts" } : nothing;
}

function optionsOf(command: CommandUnknownOpts): readonly string[] {
  const longs = allOptions(command).flatMap(({ long, hidden }) =>
    long === undefined || long === null || hidden ? [] : [long],
  );
  return [...longs, "--help"];
}

/** The command's own options and those of all above it. */
function allOptions(command: CommandUnknownOpts): readonly Option[] {
  const above = command.parent === null ? [] : allOptions(command.parent);
  return [...command.options, ...above];
}

/** Commander keeps no list of what help shows; its help does. */
function isVisible(command: CommandUnknownOpts): boolean {
  const { parent } = command;
  return parent === null || parent.createHelp().visibleCommands(parent).includes(command);
}
