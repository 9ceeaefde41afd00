import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { changesOf, configText } from "../../arguments/queue-config.ts";
import type { Cli } from "../../cli.ts";
import { type Fields, textAt } from "../../exact-json.ts";
import { addExamples } from "../../examples.ts";
import { exitCodes } from "../../exit-codes.ts";
import { givenConfig } from "./config-arguments.ts";

/** `quorate queue diff`: what `set` would change, and whether it would change anything. */
export function declareQueueDiff(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("diff")
    .description("what `set` would change; 0 when nothing differs, 1 when something does")
    .argument("<queue>", "the queue")
    .argument("[field=value...]", "what it should be")
    .option("-f, --file <file>", "fields as JSON")
    .action(async (queue, assignments, { file }) => {
      const given = await givenConfig(file, assignments, cli.host);
      const { body } = await cli.request("getQueue", { params: { queue } });
      const changes = changesOf(body.config, given);
      cli.output.answer(
        { name: queue, changes, coord: body.coord },
        {
          kind: "list",
          name: "changes",
          id: "field",
          empty: `${queue} is as described.`,
          columns: [
            { title: "FIELD", of: "field" },
            { title: "NOW", of: (change) => fieldText(change, "from"), align: "right" },
            { title: "WANTED", of: (change) => fieldText(change, "to"), align: "right" },
          ],
        },
      );
      if (changes.length > 0) cli.endWith(exitCodes.error);
    });
  addExamples(command, [
    { call: "quorate queue diff orders -f orders.json", does: "has somebody changed it?" },
  ]);
}

function fieldText(change: Fields, side: "from" | "to"): string {
  return configText(textAt(change, "field"), change[side]);
}
