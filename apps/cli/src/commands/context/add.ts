import { resolve } from "node:path";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { contextNamePattern, readContexts, writeContexts } from "../../contexts/context-file.ts";
import { addExamples } from "../../examples.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";

/** `quorate context add`: names a gateway; the first one is selected at once. */
export function declareContextAdd(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("add")
    .description("name a gateway, and select it when it is the first")
    .argument("<name>", "what to call it")
    .argument("<address>", "its address, such as https://queue.example.com")
    .option("--use", "select it")
    .action((name, address, { use }) => add(cli, { name, address, isSelected: use ?? false }));
  addExamples(command, [
    { call: "quorate context add prod https://queue.example.com", does: "then: quorate login" },
    {
      call: "quorate context add prod https://queue.example.com --token-file ~/prod.token --use",
      does: "with a token that something else keeps fresh in a file",
    },
  ]);
}

function add(
  cli: Cli,
  given: { readonly name: string; readonly address: string; readonly isSelected: boolean },
): void {
  const { name, address, isSelected } = given;
  if (!contextNamePattern.test(name)) {
    throw new Failure(exitCodes.usage, `"${name}" cannot be the name of a context`, {
      hint: "Letters, digits, dots, dashes and underscores, at most 64.",
    });
  }
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new Failure(exitCodes.usage, `"${address}" is no http or https address`);
  }
  const file = cli.host.environment.contextFile;
  const { current, contexts } = readContexts(file);
  if (contexts[name] !== undefined) {
    throw new Failure(exitCodes.conflict, `there is a context "${name}" already`, {
      hint: `Remove it first: quorate context rm ${name}`,
    });
  }
  const { tokenFile } = cli.globals;
  const context = {
    url: address.replace(/\/+$/, ""),
    token: null,
    tokenFile: tokenFile === undefined ? null : resolve(cli.host.folder, tokenFile),
  };
  const selected = isSelected || current === null ? name : current;
  writeContexts(file, { current: selected, contexts: { ...contexts, [name]: context } });
  cli.output.say(`${name} is ${context.url}${selected === name ? ", and selected" : ""}`);
}
