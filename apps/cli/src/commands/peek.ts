/** `quorate peek`: what would be received next, without receiving it. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { wholeNumber } from "../arguments/number.ts";
import type { Cli } from "../cli.ts";
import { addExamples } from "../examples.ts";
import { limitMax, messageView, printMessages } from "./message/list-messages.ts";

/** Messages that one wants to see of a queue at a glance. */
const maxDefault = 10;

/** Declares the command. */
export function declarePeek(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("peek")
    .description("look at the oldest ready messages; nothing is taken and nothing counts")
    .argument("<queue>", "the queue")
    .option("--max <n>", "messages at most", wholeNumber(1, limitMax), maxDefault)
    .option("--group <id>", "only those of this group")
    .action((queue, { max, group }) => {
      const choice = { cursor: undefined, state: "ready", dedupId: undefined } as const;
      return printMessages(
        cli,
        { queue, limit: max, groupId: group, ...choice },
        {
          view: messageView,
          further: () => "a higher --max",
        },
      );
    });
  addExamples(command, [{ call: "quorate peek orders --max 3", does: "the next three" }]);
}
