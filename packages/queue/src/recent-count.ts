import type { ByteReader, ByteWriter } from "@quorate/prelude";

const windowSeconds = 60;
const secondMicros = 1_000_000;

/** How often something happened in the last minute, second by second. Times are microseconds. */
export class RecentCount {
  private counts: Uint32Array | null = null;
  /** The newest second that is counted. */
  private newest = 0;

  /** It has happened now. */
  add(now: number): void {
    const second = Math.floor(now / secondMicros);
    const counts = this.counts ?? new Uint32Array(windowSeconds);
    this.counts = counts;
    const passed = Math.min(second - this.newest, windowSeconds);
    for (let step = 0; step < passed; step++) counts[(second - step) % windowSeconds] = 0;
    this.newest = second;
    const at = second % windowSeconds;
    counts[at] = (counts[at] ?? 0) + 1;
  }

  /** How often in the minute before this time, which is not before the newest. */
  at(now: number): number {
    const first = Math.floor(now / secondMicros) - windowSeconds + 1;
    let sum = 0;
    for (
      let second = Math.max(first, this.newest - windowSeconds + 1);
      second <= this.newest;
      second++
    ) {
      sum += this.counts?.[second % windowSeconds] ?? 0;
    }
    return sum;
  }

  /** Everything; its one spelling. */
  write(writer: ByteWriter): void {
    writer.bool(this.counts !== null);
    if (this.counts === null) return;
    writer.u64(this.newest);
    for (const count of this.counts) writer.u32(count);
  }

  /** Makes a new one the one that was written. Throws DecodeError. */
  restore(reader: ByteReader): void {
    if (!reader.bool()) return;
    this.newest = reader.u64();
    this.counts = Uint32Array.from({ length: windowSeconds }, () => reader.u32());
  }
}
