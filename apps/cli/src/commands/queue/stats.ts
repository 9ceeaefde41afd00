import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { queueStatsColumns } from "./queue-columns.ts";

/** `quorate queue stats`: depths and rates of one queue. */
export function declareQueueStats(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("stats")
    .description("a queue's depths and rates")
    .argument("<queue>", "the queue")
    .action(async (queue) => {
      const { body } = await cli.request("getQueue", { params: { queue } });
      const { name, stats, paused, coord } = body;
      cli.output.answer(
        { name, stats, paused, coord },
        { kind: "record", id: "name", columns: queueStatsColumns },
      );
    });
  addExamples(command, [{ call: "quorate queue stats orders", does: "how it does" }]);
}
