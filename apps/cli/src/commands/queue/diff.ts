import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { configText } from "../../arguments/queue-config.ts";
import type { Cli } from "../../cli.ts";
import { type Fields, listedTexts, textAt } from "../../exact-json.ts";
import { addExamples } from "../../examples.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { View } from "../../output/output.ts";
import { givenConfig } from "./config-arguments.ts";
import { wouldPut } from "./would-put.ts";

const view: View = {
  kind: "list",
  name: "changes",
  id: "field",
  empty: "Nothing differs.",
  columns: [
    { title: "FIELD", of: "field" },
    { title: "NOW", of: (change) => fieldText(change, "from"), align: "right" },
    { title: "WANTED", of: (change) => fieldText(change, "to"), align: "right" },
  ],
};

function fieldText(change: Fields, side: "from" | "to"): string {
  return configText(textAt(change, "field"), change[side]);
}

/** `quorate queue diff`: what `set` would change, and whether it would change anything. */
export function declareQueueDiff(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("diff")
    .description("what `set` would change; 0 when nothing differs, 1 when something does")
    .argument("<queue>", "the queue")
    .argument("[field=value...]", "what it should be")
    .option("-f, --file <file>", "fields as JSON; - reads standard input")
    .action(async (queue, assignments, { file }) => {
      const given = await givenConfig(file, assignments, cli.host);
      const { effect, coord } = (await wouldPut(cli, queue, given)).answer;
      const creates = effect?.creates ?? false;
      const answer = { name: queue, ...effect, coord };
      if (creates) cli.output.warn(`There is no ${queue}: it would be created.`);
      const exceeded = listedTexts(effect, "exceeded");
      if (exceeded.length > 0) {
        cli.output.warn(`${queue} holds more than ${exceeded.join(", ")} would allow.`);
      }
      cli.output.answer(answer, view);
      if (creates || (effect?.changes.length ?? 0) > 0) cli.endWith(exitCodes.error);
    });
  addExamples(command, [
    { call: "quorate queue diff orders -f orders.json", does: "has somebody changed it?" },
  ]);
}
