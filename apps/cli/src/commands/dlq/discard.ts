import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { confirmByName } from "../../confirm.ts";
import { addExamples } from "../../examples.ts";
import { plural } from "../../output/cell.ts";

/** `quorate dlq discard`: takes away all dead letters of a queue. */
export function declareDlqDiscard(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("discard")
    .description("take away all dead letters of a queue, for good")
    .argument("<queue>", "the queue")
    .option("--confirm <queue>", "its name again, instead of being asked")
    .action(async (queue, { confirm }) => {
      const { body: shown } = await cli.request("getQueue", { params: { queue } });
      const what = `this takes away ${plural(shown.stats.dead, "dead letter")} of ${queue}`;
      await confirmByName(cli, { what, name: queue, given: confirm });
      const call = { params: { queue }, body: { states: ["dead" as const], confirm: queue } };
      const { body } = await cli.request("purgeQueue", call);
      const line = `${plural(body.removed, "dead letter")} of ${queue} gone`;
      cli.output.answer(body, { kind: "text", of: () => line, id: "removed" });
    });
  addExamples(command, [
    { call: "quorate dlq discard orders", does: "asks for the name first" },
    { call: "quorate dlq discard orders --confirm orders", does: "in a script" },
  ]);
}
