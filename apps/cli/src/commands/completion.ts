/** `quorate completion`: what a shell needs to complete the command, and the answers it asks for. */
import { Argument, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { type Candidates, candidatesAt } from "../completion/candidates.ts";
import { completionScripts, shells } from "../completion/scripts.ts";
import { readContexts } from "../contexts/context-file.ts";
import { addExamples } from "../examples.ts";

/** A shell waits for the answer, so a gateway has this long, in ms. */
const lookMsMax = 1000;

/** Declares the commands. */
export function declareCompletion(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("completion")
    .description("a script that lets your shell complete commands and queues")
    .addArgument(new Argument("<shell>", "your shell").choices(shells))
    .action((shell) => cli.output.text(completionScripts[shell].trimEnd()));
  addExamples(command, [
    { call: "source <(quorate completion bash)", does: "for bash and zsh, in the startup file" },
    {
      call: "quorate completion fish > ~/.config/fish/completions/quorate.fish",
      does: "for fish, once",
    },
  ]);
  parent
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action(async (words) => {
      const begun = words.at(-1) ?? "";
      const found = await wordsFor(candidatesAt(parent, words), cli, begun);
      for (const word of found) if (word.startsWith(begun)) cli.output.text(word);
    });
}

async function wordsFor(
  candidates: Candidates,
  cli: Cli,
  begun: string,
): Promise<readonly string[]> {
  switch (candidates.kind) {
    case "words":
      return candidates.words;
    case "contexts":
      return Object.keys(readContexts(cli.host.environment.contextFile).contexts);
    case "queues":
      return await queuesFor(cli, begun);
    case "nothing":
      return [];
  }
}

async function queuesFor(cli: Cli, prefix: string): Promise<readonly string[]> {
  const { body } = await cli.request("listQueues", {
    query: { prefix, limit: "100" },
    timeoutMs: lookMsMax,
    maxRetries: 0,
  });
  return body.queues.map(({ name }) => name);
}
