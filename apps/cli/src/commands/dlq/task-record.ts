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
    { title: "matched", of: "matched" },
    { title: "moved", of: "moved" },
    { title: "started", of: "startedAt" },
    { title: "ended", of: "endedAt" },
  ],
};
