import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { confirmByName } from "../../confirm.ts";
import { addExamples } from "../../examples.ts";
import { plural } from "../../output/cell.ts";

/** `quorate queue rm`: deletes a queue; one that holds messages only with --force. */
export function declareQueueRm(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("rm")
    .description("delete a queue; one that holds messages is refused with 5 unless --force")
    .argument("<queue>", "the queue")
    .option("--force", "also when it holds messages: they are gone with it")
    .option("--confirm <queue>", "its name again, instead of being asked")
    .action(async (queue, { force, confirm }) => {
      const { body } = await cli.request("getQueue", { params: { queue } });
      const { ready, blocked, scheduled, leased, dead } = body.stats;
      const held = ready + blocked + scheduled + leased + dead;
      const what =
        force === true
          ? `this deletes ${queue} and ${plural(held, "message")} in it`
          : `this deletes ${queue}`;
      await confirmByName(cli, { what, name: queue, given: confirm });
      const query = force === true ? { force: "true" as const } : {};
      await cli.request("deleteQueue", { params: { queue }, query });
      cli.output.say(`${queue} is gone`);
    });
  addExamples(command, [
    { call: "quorate queue rm orders", does: "asks for the name first" },
    {
      call: "quorate queue rm orders --force --confirm orders",
      does: "in a script, with all in it",
    },
  ]);
}
