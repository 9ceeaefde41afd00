import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { allQueues } from "./all-queues.ts";
import { queueColumns } from "./queue-columns.ts";

/** `quorate queue ls`: all queues that the token may read, all pages of them. */
export function declareQueueLs(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("ls")
    .description("the queues that the token may read, with their depths")
    .option("--prefix <text>", "only those whose name begins so")
    .action(async ({ prefix }) => {
      cli.output.answer(await allQueues(cli, { prefix }), {
        kind: "list",
        name: "queues",
        id: "name",
        columns: queueColumns,
        empty: "No queues. `quorate queue create <queue>` makes one.",
      });
    });
  addExamples(command, [
    { call: "quorate queue ls", does: "how deep is what" },
    { call: "quorate queue ls --prefix mail. -o id", does: "names alone, for a script" },
  ]);
}
