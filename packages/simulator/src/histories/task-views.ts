/** What was told of each redrive, one answer against the next. */
import type { TaskView } from "@quorate/queue";
import { Violation } from "../checkers/violation.ts";

export class TaskViews {
  private readonly newest = new Map<number, TaskView>();

  /** In the order of the log. Throws Violation `tasks`. */
  onTold(op: number, view: TaskView): void {
    const { number, matched, moved, state } = view;
    const known = this.newest.get(number);
    this.newest.set(number, view);
    const told = `task ${number} is told at op ${op} to have moved ${moved} of ${matched}`;
    if (moved > matched) throw new Violation("tasks", told);
    if (known === undefined) return;
    const before = `${known.moved} of ${known.matched}, ${known.state}`;
    const hasGoneBack = moved < known.moved || matched < known.matched;
    const isOver = known.state !== "running";
    const hasGoneOn = moved > known.moved || matched > known.matched || state !== known.state;
    if (hasGoneBack || (isOver && hasGoneOn)) {
      throw new Violation("tasks", `${told}, ${state}, after ${before}`);
    }
  }
}
