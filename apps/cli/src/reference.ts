/** The reference of the command as a page, made from the declarations that help is made from. */
import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { configFieldsText } from "./arguments/queue-config.ts";
import { Cli } from "./cli.ts";
import { queueFileText } from "./queue-file/queue-file.ts";
import { examplesOf } from "./examples.ts";
import { exitCodes } from "./exit-codes.ts";
import { createProgram } from "./program.ts";
import { silentHost } from "./silent-host.ts";

/** What each exit code means; the declarations' own words. */
const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: "done",
  error: "it failed, in a way that no other code names",
  usage: "the command line is wrong, or the gateway says so of what was sent",
  notFound: "what was named does not exist",
  notAllowed: "there is no token, or it does not allow this",
  conflict: "the present state forbids it: a lost lease, another configuration, a conflict",
  refused: "a check before the act refused it, or it was not confirmed; nothing was done",
  unavailable: "the cluster cannot do it now; nothing was done, try again later",
  outcomeUnknown: "nobody knows whether it was done; look before you do it again",
  interrupted: "Ctrl-C",
};

/** The whole page. */
export function referencePage(): string {
  const program = createProgram(new Cli(silentHost));
  return `# The command quorate

Made from the declarations in \`apps/cli/src/commands\`; do not edit. In a clone it is \`npx quorate\`,
and \`quorate <command> --help\` says the same as this page.

## Which gateway, and as whom

The first of these that is there counts: \`--url\` and \`--context\`; \`QUORATE_URL\`;
\`QUORATE_CONTEXT\`, else the selected context of \`~/.config/quorate/config.json\` (mode 0600; below
\`XDG_CONFIG_HOME\` if that is set); the dev cluster of this folder (\`.quorate/dev/dev.json\`). The token
is that of \`--token-file\`, else \`QUORATE_TOKEN\`, else the one kept with the context or the dev cluster
that gave the address; it is never sent to another address. \`quorate context show\` says what counts here.

## Data and talk

Data goes to standard output, all else to standard error. \`-o json\` is the API's answer (lists of
several pages are one list), \`ndjson\` one line for each item, \`id\` nothing but what names each item,
\`table\` for people, with ages where JSON has times; without \`-o\` and \`QUORATE_OUTPUT\` a terminal gets a table and a pipe gets
JSON. \`NO_COLOR\` and \`FORCE_COLOR\` are heeded. What cannot be taken back asks for the queue's name, or takes \`--confirm\`.
Durations are \`250ms\`, \`30s\`, \`5m\`, \`12h\`, \`7d\`; a bare number is seconds, but for fields of queues.

## Exit codes

| Code | Meaning |
|---|---|
${Object.entries(exitCodes)
  .map(([name, code]) => `| ${code} | ${meaningOf(name)} |`)
  .join("\n")}

## Options of every command

${optionRows(program.options)}

${program.commands.flatMap((command) => sectionsOf(command, 2)).join("\n\n")}

## Fields of a queue's configuration

For \`queue create\`, \`queue set\` and \`queue diff\`, with their defaults. Fields in ms take
durations, fields in bytes take \`64KiB\`, \`8MiB\`, \`1GiB\`; a bare number is ms, or bytes.

\`\`\`text
${configFieldsText.replaceAll(/^ {2}/gm, "")}
\`\`\`

## Files of queues

For \`queue apply\`, as \`queue export\` writes them.

\`\`\`text
${queueFileText}
\`\`\`
`;
}

function meaningOf(name: string): string {
  const found = Object.entries(exitMeanings).find(([known]) => known === name);
  return found?.[1] ?? "";
}

/** A section for the command and one for each below it; hidden ones have none. */
function sectionsOf(command: CommandUnknownOpts, level: number): readonly string[] {
  const { parent } = command;
  const shown = parent?.createHelp().visibleCommands(parent) ?? [];
  if (!shown.includes(command)) return [];
  return [
    sectionOf(command, level),
    ...command.commands.flatMap((each) => sectionsOf(each, level + 1)),
  ];
}

function sectionOf(command: CommandUnknownOpts, level: number): string {
  const examples = examplesOf(command);
  const rows = [...argumentRows(command), ...command.options.map(optionRow)];
  return [
    `${"#".repeat(level)} ${pathOf(command)}`,
    `${capital(command.description())}.`,
    ...(command.commands.length === 0 ? [`\`${usageOf(command)}\``] : []),
    ...(rows.length === 0 ? [] : [tableOf(rows)]),
    ...(examples.length === 0 ? [] : [examplesText(examples)]),
  ].join("\n\n");
}

function pathOf(command: CommandUnknownOpts): string {
  const path = command.parent === null ? "" : `${pathOf(command.parent)} `;
  return path + command.name();
}

function usageOf(command: CommandUnknownOpts): string {
  const aliases = command.aliases().map((alias) => `|${alias}`);
  return `${pathOf(command)}${aliases.join("")} ${command.usage()}`.trim();
}

function argumentRows(command: CommandUnknownOpts): readonly string[] {
  return command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    const shown = argument.required ? `<${name}>` : `[${name}]`;
    return row(shown, withChoices(argument.description, argument.argChoices));
  });
}

function optionRows(options: readonly Option[]): string {
  return tableOf(options.filter(({ hidden }) => !hidden).map(optionRow));
}

function optionRow(option: Option): string {
  const { flags, description, argChoices, defaultValue } = option;
  const isDefaultKnown = typeof defaultValue === "number" || typeof defaultValue === "string";
  const text = withChoices(description, argChoices);
  return row(flags, isDefaultKnown ? `${text} (${defaultValue})` : text);
}

function withChoices(text: string, choices: readonly string[] | undefined): string {
  return choices === undefined ? text : `${text}: ${choices.join(", ")}`;
}

function row(name: string, text: string): string {
  return `| \`${name.replaceAll("|", "\\|")}\` | ${text.replaceAll("|", "\\|")} |`;
}

function tableOf(rows: readonly string[]): string {
  return `| Word | Meaning |\n|---|---|\n${rows.join("\n")}`;
}

function examplesText(list: ReturnType<typeof examplesOf>): string {
  const lines = list.map(({ call, does }) => `# ${does}\n${call}`);
  return `\`\`\`sh\n${lines.join("\n")}\n\`\`\``;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
