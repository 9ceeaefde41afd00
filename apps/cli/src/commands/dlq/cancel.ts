import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { taskRecord } from "./task-record.ts";

/** `quorate dlq cancel`: ends a redrive before it is done; what is moved stays. */
export function declareDlqCancel(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("cancel")
    .description("end a redrive before it is done; what it has moved stays")
    .argument("<task>", "what redrive has answered")
    .action(async (taskId) => {
      const { body } = await cli.request("cancelTask", { params: { taskId } });
      cli.output.answer(body, taskRecord);
    });
  addExamples(command, [{ call: "quorate dlq cancel t_00000000000g00000000", does: "stop it" }]);
}
