/** Follows a task until it has ended. */
import type { Task } from "@quorate/sdk";
import type { Cli } from "../../cli.ts";

/** Time between two looks, in ms. */
const lookIntervalMs = 500;

/** The task as it ended, or as it was when the command was interrupted; the task itself goes on. */
export async function awaitTask(cli: Cli, taskId: string): Promise<Task> {
  const { host } = cli;
  const look = async () => (await cli.request("getTask", { params: { taskId } })).body;
  let task = await look();
  const progress = cli.progress(task.matched);
  try {
    while (task.state === "running" && !host.signal.aborted) {
      progress.show(task.moved, task.matched);
      await host.pause(lookIntervalMs);
      if (!host.signal.aborted) task = await look();
    }
    return task;
  } finally {
    progress.end();
  }
}
