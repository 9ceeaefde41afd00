import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { configFieldsText } from "../../arguments/queue-config.ts";
import { addExamples } from "../../examples.ts";
import { givenConfig } from "./config-arguments.ts";

/** `quorate queue create`: repeating it is fine, another configuration is refused. */
export function declareQueueCreate(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("create")
    .description("create a queue; fine when it exists with this configuration, else 5")
    .argument("<queue>", "its name")
    .argument("[field=value...]", "what differs from the defaults")
    .option("-f, --file <file>", "a configuration as JSON; - reads standard input")
    .action(async (queue, assignments, { file }) => {
      const config = await givenConfig(file, assignments, cli.host);
      const { status, body } = await cli.request("putQueue", { params: { queue }, body: config });
      const line = status === 201 ? `${queue} is created` : `${queue} is there already, as wanted`;
      cli.output.answer(body, { kind: "text", of: () => line, id: "name" });
    });
  command.addHelpText("after", `\nFields and their defaults:\n${configFieldsText}`);
  addExamples(command, [
    { call: "quorate queue create orders", does: "with the defaults" },
    {
      call: "quorate queue create mail maxFailures=3 leaseMsDefault=2m onDead=block",
      does: "durations and sizes may have units",
    },
  ]);
}
