import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { changesOf, configFieldsText, configText, merged } from "../../arguments/queue-config.ts";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { givenConfig } from "./config-arguments.ts";

/** `quorate queue set`: changes some fields, if nobody else changes the queue meanwhile. */
export function declareQueueSet(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("set")
    .description("change a queue's configuration; what is not named stays")
    .argument("<queue>", "the queue")
    .argument("[field=value...]", "what to change")
    .option("-f, --file <file>", "fields to change, as JSON; - reads standard input")
    .action((queue, assignments, { file }) => change(cli, queue, { assignments, file }));
  command.addHelpText("after", `\nFields and their defaults:\n${configFieldsText}`);
  addExamples(command, [
    { call: "quorate queue set orders maxFailures=10 backoff.maxMs=1h", does: "change two fields" },
    { call: "quorate queue diff orders maxFailures=10", does: "look first" },
  ]);
}

async function change(
  cli: Cli,
  queue: string,
  said: { readonly assignments: readonly string[]; readonly file: string | undefined },
): Promise<void> {
  const given = await givenConfig(said.file, said.assignments, cli.host);
  if (Object.keys(given).length === 0) {
    throw new Failure(exitCodes.usage, "nothing to change was given", {
      hint: "Name fields, as in maxFailures=10, or a --file.",
    });
  }
  const before = await cli.request("getQueue", { params: { queue } });
  const etag = before.headers.get("etag") ?? "";
  const changes = changesOf(before.body.config, given);
  const { body } = await cli.request("putQueue", {
    params: { queue },
    body: merged(before.body.config, given),
    headers: { "If-Match": etag },
  });
  for (const { field, from, to } of changes) {
    cli.output.say(`${field}: ${configText(field, from)} → ${configText(field, to)}`);
  }
  const line = changes.length === 0 ? `${queue} was so already` : `${queue} is changed`;
  cli.output.answer(body, { kind: "text", of: () => line, id: "name" });
}
