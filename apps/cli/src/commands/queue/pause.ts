import { Argument, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { pausable, pausedView } from "./paused-view.ts";

/** `quorate queue pause`: refuses new messages, or gives none out. */
export function declareQueuePause(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("pause")
    .description("refuse new messages (send), or give none out (receive)")
    .argument("<queue>", "the queue")
    .addArgument(new Argument("<what>", "what to pause").choices(pausable))
    .option("--reason <text>", "why; whoever looks at the queue sees it")
    .action(async (queue, what, { reason }) => {
      const { body } = await cli.request("pauseQueue", {
        params: { queue },
        body: { what, reason },
      });
      cli.output.answer(body, pausedView);
    });
  addExamples(command, [
    {
      call: "quorate queue pause orders receive --reason 'database is being moved'",
      does: "consumers wait; producers go on",
    },
  ]);
}
