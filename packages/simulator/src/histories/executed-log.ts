/** What the cluster has executed, in order: each op as the first member that came to it did it. */
import type { QueueStateMachine } from "@quorate/queue";

/** One operation, or one pulse. */
export interface ExecutedEntry {
  readonly op: number;
  readonly timestampMicros: number;
  /** Bytes of the operation and of its outcome; null: a pulse. */
  readonly call: { readonly asked: Uint8Array; readonly told: Uint8Array } | null;
}

export class ExecutedLog {
  /** By op; those of one op in their order. */
  readonly entries: ExecutedEntry[] = [];
  private newestOp = 0;
  private firstAtIt: object | null = null;

  /** The machine of one member's life, observed. */
  watch(machine: QueueStateMachine): QueueStateMachine {
    const note = (entry: ExecutedEntry): void => {
      if (this.isFirst(machine, entry.op)) this.entries.push(entry);
    };
    return {
      ...machine,
      execute: (asked, context) => {
        const told = machine.execute(asked, context);
        const { op, timestampMicros } = context;
        note({ op, timestampMicros, call: { asked, told } });
        return told;
      },
      pulse: (context) => {
        machine.pulse(context);
        const { op, timestampMicros } = context;
        note({ op, timestampMicros, call: null });
      },
    };
  }

  /** Whoever executes an op after somebody else has shown what it is adds nothing. */
  private isFirst(machine: object, op: number): boolean {
    if (op > this.newestOp) {
      this.newestOp = op;
      this.firstAtIt = machine;
    }
    return op === this.newestOp && this.firstAtIt === machine;
  }
}
