/** What was executed and what was read, in the order of the log. */
import type { ExecutedEntry, ExecutedLog } from "./executed-log.ts";
import type { History, RecordedRead } from "./histories.ts";

export type LogStep =
  | { readonly kind: "executed"; readonly entry: ExecutedEntry }
  | { readonly kind: "read"; readonly read: RecordedRead };

/** A read comes behind everything of the op that it reflects. */
export function* inOrder(log: ExecutedLog, history: History): Generator<LogStep, void> {
  const reads = history.reads.toSorted((a, b) => (a.op ?? 0) - (b.op ?? 0));
  let next = 0;
  for (const entry of log.entries) {
    for (let read = reads[next]; read !== undefined; read = reads[next]) {
      if ((read.op ?? 0) >= entry.op) break;
      yield { kind: "read", read };
      next += 1;
    }
    yield { kind: "executed", entry };
  }
  for (const read of reads.slice(next)) yield { kind: "read", read };
}
