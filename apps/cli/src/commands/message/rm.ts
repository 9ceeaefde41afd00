import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";

/** `quorate message rm`: deletes one message; its id says which, so nothing is asked. */
export function declareMessageRm(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("rm")
    .description("delete one message; one that is leased is refused with 5 unless --force")
    .argument("<queue>", "the queue")
    .argument("<message>", "its id")
    .option("--force", "also when it is leased")
    .action(async (queue, messageId, { force }) => {
      const query = force === true ? { force: "true" as const } : {};
      await cli.request("deleteMessage", { params: { queue, messageId }, query });
      cli.output.say(`${messageId} is gone`);
    });
  addExamples(command, [
    { call: "quorate message rm orders m_00000000000g00000000", does: "delete it for good" },
  ]);
}
