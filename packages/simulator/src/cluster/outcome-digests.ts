/** What a member's state machine answered, as one number for each op: cheap to compare always. */
import type { QueueStateMachine } from "@quorate/queue";

/** FNV-1a over 32 bits. */
const prime = 0x01000193;
const basis = 0x811c9dc5 | 0;

export class OutcomeDigests {
  private readonly byOp = new Map<number, number>();

  /** The machine, with everything that it answers taken into the digest of its op. */
  watch(machine: QueueStateMachine): QueueStateMachine {
    return {
      ...machine,
      execute: (operation, context) => {
        const outcome = machine.execute(operation, context);
        this.add(context.op, outcome);
        return outcome;
      },
    };
  }

  /** The digest of an op that was executed since the last call for it; ops may be without any. */
  take(op: number): number {
    const digest = this.byOp.get(op) ?? basis;
    this.byOp.delete(op);
    return digest;
  }

  private add(op: number, outcome: Uint8Array): void {
    let digest = this.byOp.get(op) ?? basis;
    for (let at = 0; at < outcome.length; at++) {
      digest = Math.imul(digest ^ (outcome[at] ?? 0), prime);
    }
    this.byOp.set(op, Math.imul(digest ^ outcome.length, prime));
  }
}
