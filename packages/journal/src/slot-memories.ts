/** Memory for the images of slots, used again and again: it costs more than the copy into it. */
import { blockSlotBytes } from "@quorate/log-format";

/** Memories that wait to be used: as many as one write of a checkpoint takes, and some. */
const idleMax = 24;

export class SlotMemories {
  private readonly idle: Uint8Array[] = [];

  /** A slot's length of memory, with whatever it was used for before. */
  take(): Uint8Array {
    return this.idle.pop() ?? new Uint8Array(blockSlotBytes);
  }

  /** Nobody needs what the memory holds. */
  give(memory: Uint8Array): void {
    if (this.idle.length < idleMax) this.idle.push(memory);
  }
}
