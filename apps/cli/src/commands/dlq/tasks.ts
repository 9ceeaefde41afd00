import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Task } from "@quorate/sdk";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { agoAt } from "../../output/age.ts";
import { awaitTask } from "./await-task.ts";
import { matchedText } from "./task-record.ts";

/** `quorate dlq tasks`: how far redrives have come; a task is known for 24 h after its end. */
export function declareDlqTasks(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("tasks")
    .description("how far redrives have come")
    .argument("<task...>", "what redrive has answered")
    .option("--wait", "wait until they have ended")
    .action(async (taskIds, { wait }) => {
      const tasks: Task[] = [];
      for (const taskId of taskIds) {
        if (wait === true) tasks.push(await awaitTask(cli, taskId));
        else tasks.push((await cli.request("getTask", { params: { taskId } })).body);
      }
      cli.output.answer(
        { tasks },
        {
          kind: "list",
          name: "tasks",
          id: "taskId",
          empty: "No task was named.",
          columns: [
            { title: "TASK", of: "taskId" },
            { title: "QUEUE", of: "queue", shrinks: true },
            { title: "STATE", of: "state" },
            { title: "MOVED", of: "moved", align: "right" },
            { title: "MATCHED", of: matchedText, align: "right" },
            { title: "BEGAN", of: agoAt("startedAt"), align: "right" },
            { title: "ENDED", of: agoAt("endedAt"), align: "right", isOptional: true },
          ],
        },
      );
    });
  addExamples(command, [
    {
      call: "quorate dlq tasks $(quorate dlq redrive orders -o id)",
      does: "begin, and look at it",
    },
  ]);
}
