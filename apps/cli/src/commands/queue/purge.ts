import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { confirmByName } from "../../confirm.ts";
import { addExamples } from "../../examples.ts";
import { plural } from "../../output/cell.ts";

/** States that can be purged; ready ones are the blocked ones too. */
const purgeable = ["ready", "scheduled", "leased", "dead"] as const;

/** `quorate queue purge`: takes away everything in some states. */
export function declareQueuePurge(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("purge")
    .description("take away all messages in some states, for good")
    .argument("<queue>", "the queue")
    .addOption(
      new Option("--state <state...>", "ready (with blocked), scheduled, leased or dead")
        .choices(purgeable)
        .makeOptionMandatory(),
    )
    .option("--confirm <queue>", "its name again, instead of being asked")
    .action(async (queue, { state: states, confirm }) => {
      const { body: shown } = await cli.request("getQueue", { params: { queue } });
      const { ready, blocked, scheduled, leased, dead } = shown.stats;
      const counts = { ready: ready + blocked, scheduled, leased, dead };
      const count = states.reduce((sum, state) => sum + counts[state], 0);
      const what = `this takes away ${plural(count, "message")} (${states.join(", ")}) of ${queue}`;
      await confirmByName(cli, { what, name: queue, given: confirm });
      const call = { params: { queue }, body: { states, confirm: queue } };
      const { body } = await cli.request("purgeQueue", call);
      const line = `${plural(body.removed, "message")} of ${queue} gone`;
      cli.output.answer(body, { kind: "text", of: () => line, id: "removed" });
    });
  addExamples(command, [
    { call: "quorate queue purge orders --state dead", does: "asks for the name first" },
    {
      call: "quorate queue purge orders --state ready scheduled --confirm orders",
      does: "in a script",
    },
  ]);
}
