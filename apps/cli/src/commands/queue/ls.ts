import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { pageEntriesMax } from "@quorate/contract";
import type { Queues } from "@quorate/sdk";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { queueColumns } from "./queue-columns.ts";

/** `quorate queue ls`: all queues that the token may read, all pages of them. */
export function declareQueueLs(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("ls")
    .description("the queues that the token may read, with their depths")
    .option("--prefix <text>", "only those whose name begins so")
    .action(async ({ prefix }) => {
      const answer = await allQueues(cli, prefix);
      cli.output.answer(answer, {
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

async function allQueues(cli: Cli, prefix: string | undefined) {
  const queues: Queues["queues"][number][] = [];
  let cursor: string | undefined;
  for (;;) {
    const query = { prefix, cursor, limit: String(pageEntriesMax) };
    const { body } = await cli.request("listQueues", { query });
    queues.push(...body.queues);
    cursor = body.cursor;
    if (cursor === undefined) return { queues, coord: body.coord };
  }
}
