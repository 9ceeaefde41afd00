/** Bodies of recent entries, for execution and for peers that ask. Bounded in bytes. */
import { bytesEqual } from "@quorate/prelude";
import type { Entry, LogPosition } from "@quorate/protocol";

export class EntryCache {
  private readonly entries = new Map<number, Entry>();
  private readonly bytesMax: number;
  private bytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  put(entry: Entry): void {
    this.drop(entry.header.op);
    this.entries.set(entry.header.op, entry);
    this.bytes += entry.body.length;
    for (const op of this.entries.keys()) {
      if (this.bytes <= this.bytesMax || op === entry.header.op) break;
      this.drop(op);
    }
  }

  get(position: LogPosition): Entry | null {
    const entry = this.entries.get(position.op);
    return entry !== undefined && bytesEqual(entry.hash, position.hash) ? entry : null;
  }

  private drop(op: number): void {
    const entry = this.entries.get(op);
    if (entry === undefined) return;
    this.bytes -= entry.body.length;
    this.entries.delete(op);
  }
}
