import { Argument, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { pausable, pausedView } from "./paused-view.ts";

/** `quorate queue resume`. */
export function declareQueueResume(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("resume")
    .description("let sending or receiving go on")
    .argument("<queue>", "the queue")
    .addArgument(new Argument("<what>", "what to resume").choices(pausable))
    .action(async (queue, what) => {
      const { body } = await cli.request("resumeQueue", { params: { queue }, body: { what } });
      cli.output.answer(body, pausedView);
    });
  addExamples(command, [{ call: "quorate queue resume orders receive", does: "go on" }]);
}
