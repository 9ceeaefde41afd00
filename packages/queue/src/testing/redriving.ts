import type { Redrive } from "../operation.ts";
import type { RedriveFilter } from "../redrive-filter.ts";
import type { TaskView } from "../task.ts";
import { leaseOf, type MachineDriver } from "./machine-driver.ts";

/** A filter of all dead letters. */
export const everything: RedriveFilter = {
  ids: null,
  reason: null,
  groupHash: null,
  errorType: null,
  fromMs: null,
  toMs: null,
};

/** Rejects what is ready, `count` messages, one after the other, each with this type of error. */
export function kill(driver: MachineDriver, count: number, type = "E"): void {
  for (let killed = 0; killed < count; killed++) {
    const lease = leaseOf(driver.dequeue().messages[0]);
    driver.settle({ action: "reject", lease, error: { type, message: "why" } });
  }
}

/** A redrive of the queue `q`. */
export function redriveOf(
  filter: Partial<RedriveFilter> = {},
  spec: Partial<Pick<Redrive, "rate" | "target">> = {},
): Redrive {
  return {
    type: "redrive",
    queue: "q",
    filter: { ...everything, ...filter },
    rate: spec.rate ?? 1_000,
    target: spec.target ?? null,
  };
}

/** Begins a redrive. */
export function begin(
  driver: MachineDriver,
  filter: Partial<RedriveFilter> = {},
  spec: Partial<Pick<Redrive, "rate" | "target">> = {},
): TaskView {
  const outcome = driver.execute(redriveOf(filter, spec));
  if (outcome.type !== "task") throw new Error(JSON.stringify(outcome));
  return outcome.task;
}

/** The task, as it is told of. */
export function taskOf(driver: MachineDriver, number: number): TaskView | null {
  const answer = driver.ask({ type: "get-task", number });
  if (answer.type !== "task") throw new Error(answer.type);
  return answer.task;
}
