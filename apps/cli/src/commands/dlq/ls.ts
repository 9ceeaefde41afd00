import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { wholeNumber } from "../../arguments/number.ts";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import {
  byCursor,
  deadView,
  limitDefault,
  limitMax,
  printMessages,
} from "../message/list-messages.ts";

/** `quorate dlq ls`. */
export function declareDlqLs(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("ls")
    .description("a queue's dead letters and why they are dead")
    .argument("<queue>", "the queue")
    .option("--group <id>", "only those of this group")
    .option("--limit <n>", "messages at most", wholeNumber(1, limitMax), limitDefault)
    .option("--cursor <cursor>", "go on where an answer ended")
    .action((queue, { group, limit, cursor }) => {
      const choice = { state: "dead", dedupId: undefined } as const;
      return printMessages(
        cli,
        { queue, limit, cursor, groupId: group, ...choice },
        { view: deadView, further: byCursor },
      );
    });
  addExamples(command, [
    { call: "quorate dlq ls orders", does: "what has failed for good" },
    { call: "quorate dlq ls orders -o ndjson --limit 100000 > dead.ndjson", does: "all of them" },
  ]);
}
