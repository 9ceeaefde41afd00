import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { configFields, configText } from "../../arguments/queue-config.ts";
import { type Fields, valueAt } from "../../exact-json.ts";
import { addExamples } from "../../examples.ts";
import { queueStatsColumns } from "./queue-columns.ts";

/** `quorate queue show`: configuration and state of one queue. */
export function declareQueueShow(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("show")
    .description("a queue's configuration and state")
    .argument("<queue>", "the queue")
    .action(async (queue) => {
      const { body } = await cli.request("getQueue", { params: { queue } });
      const config = configFields.map(([path]) => ({
        title: path,
        of: (shown: Fields) => configText(path, valueAt(shown, `config.${path}`)),
      }));
      cli.output.answer(body, {
        kind: "record",
        id: "name",
        columns: [{ title: "queue", of: "name" }, ...queueStatsColumns, ...config],
      });
    });
  addExamples(command, [
    { call: "quorate queue show orders", does: "everything" },
    { call: "quorate queue show orders -o json", does: "for a script" },
  ]);
}
