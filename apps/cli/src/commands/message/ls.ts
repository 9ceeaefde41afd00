import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { wholeNumber } from "../../arguments/number.ts";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { byCursor, limitDefault, limitMax, messageView, printMessages } from "./list-messages.ts";

/** States that a message can be listed by. */
export const messageStates = ["ready", "blocked", "leased", "scheduled", "dead"] as const;

/** `quorate message ls`. */
export function declareMessageLs(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("ls")
    .description("a queue's messages, oldest first; bodies are shown when the token may peek")
    .argument("<queue>", "the queue")
    .addOption(new Option("--state <state>", "only such messages").choices(messageStates))
    .option("--group <id>", "only those of this group")
    .option("--dedup-id <id>", "the one that was sent with this dedup id")
    .option("--limit <n>", "messages at most", wholeNumber(1, limitMax), limitDefault)
    .option("--cursor <cursor>", "go on where an answer ended")
    .action((queue, { state, group, dedupId, limit, cursor }) =>
      printMessages(
        cli,
        { queue, limit, cursor, state, groupId: group, dedupId },
        {
          view: messageView,
          further: byCursor,
        },
      ),
    );
  addExamples(command, [
    { call: "quorate message ls orders --state leased", does: "who holds what" },
    { call: "quorate message ls orders --dedup-id order-1", does: "where did that one go" },
  ]);
}
