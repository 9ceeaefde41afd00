import { type Fields, numberAt } from "../../exact-json.ts";
import { grouped } from "../../output/cell.ts";
import type { View } from "../../output/output.ts";

/** What a task has done so far. */
export const taskRecord: View = {
  kind: "record",
  id: "taskId",
  columns: [
    { title: "task", of: "taskId" },
    { title: "queue", of: "queue" },
    { title: "kind", of: "kind" },
    { title: "state", of: "state" },
    { title: "matched", of: matchedText },
    { title: "moved", of: "moved" },
    { title: "started", of: "startedAt" },
    { title: "ended", of: "endedAt" },
  ],
};

/** How many dead letters a task is about; while they are still counted, at least so many. */
export function matchedText(task: Fields): string {
  const matched = grouped(numberAt(task, "matched"));
  return task["counting"] === true ? `${matched} or more` : matched;
}
