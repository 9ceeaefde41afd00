/** The smallest state machine whose answers depend on everything before: an append-only list. */
import {
  type CheckpointableStateMachine,
  type ExecutionContext,
  type FrozenState,
  type StateLeaf,
  type StateLoading,
  utf8Decode,
  utf8Encode,
} from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";

export class ListMachine implements CheckpointableStateMachine {
  /** What was executed, in order. */
  items: string[] = [];
  /** What the log said beside each executed operation. */
  readonly contexts: ExecutionContext[] = [];
  /** From this replicated time on a pulse is due; it adds the item `pulse`, once. */
  pulseAtMicros = Number.POSITIVE_INFINITY;

  /** The outcome is the item with its position: a second execution would answer otherwise. */
  execute(operation: Uint8Array, context: ExecutionContext): Uint8Array {
    this.contexts.push(context);
    const item = utf8Decode(operation) ?? "not UTF-8";
    this.items.push(item);
    return utf8Encode(`${item}@${this.items.length}`);
  }

  pulse({ timestampMicros }: ExecutionContext): void {
    if (timestampMicros < this.pulseAtMicros) return;
    this.items.push("pulse");
    this.pulseAtMicros = Number.POSITIVE_INFINITY;
  }

  isPulseDue(timestampMicros: number): boolean {
    return timestampMicros >= this.pulseAtMicros;
  }

  query(_question: Uint8Array): Uint8Array {
    return utf8Encode(this.items.join(","));
  }

  /** One leaf for each item; none is ever kept. */
  freeze(): FrozenState {
    const leaves = this.items.map((item): StateLeaf => {
      const bytes = utf8Encode(`item ${item}`);
      return { digest: sha256(bytes), bytes };
    });
    return { next: () => leaves.shift() ?? null, keep: () => undefined, drop: () => undefined };
  }

  load(): StateLoading {
    const items: string[] = [];
    return {
      add: ({ bytes }) => void items.push((utf8Decode(bytes) ?? "").replace("item ", "")),
      finish: () => {
        this.items = items;
        return true;
      },
    };
  }

  takeReadyHints(_countMax: number): readonly string[] {
    return [];
  }
}
