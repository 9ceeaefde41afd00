/** The known entries, by op and hash. */
import { bytesEqual } from "@quorate/prelude";
import type { OpenedEntry } from "./opened-log.ts";

/** One entry for each hash: the readable one, when records of both states hold it. */
export class EntriesByOp {
  /** A list only where an op has several entries, because millions of ops have one. */
  private readonly entries = new Map<number, OpenedEntry | OpenedEntry[]>();

  constructor(entries: Iterable<OpenedEntry>) {
    for (const entry of entries) this.add(entry);
  }

  at(op: number): readonly OpenedEntry[] {
    const held = this.entries.get(op);
    if (held === undefined) return [];
    return Array.isArray(held) ? held : [held];
  }

  find(op: number, hash: Uint8Array): OpenedEntry | null {
    const held = this.entries.get(op);
    if (held === undefined) return null;
    if (Array.isArray(held)) return held.find((entry) => bytesEqual(entry.hash, hash)) ?? null;
    return bytesEqual(held.hash, hash) ? held : null;
  }

  private add(entry: OpenedEntry): void {
    const { op } = entry.header;
    const held = this.at(op);
    if (held.length === 0) {
      this.entries.set(op, entry);
      return;
    }
    const others = held.filter((other) => !bytesEqual(other.hash, entry.hash));
    const same = this.find(op, entry.hash);
    const best = same?.state === "present" ? same : entry;
    this.entries.set(op, others.length === 0 ? best : [...others, best]);
  }
}
